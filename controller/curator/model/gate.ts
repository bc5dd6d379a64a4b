import type { PageLink } from '../../shared/link/page-link.ts';

/** What stands before the curator's page. `open`: nothing. */
export type Gate =
  | { readonly name: 'open' }
  | { readonly name: 'outdated' }
  /** Asks for the PIN; `problem` says why the last one was not taken, `isAway` that nobody is there to take it. */
  | { readonly name: 'pin'; readonly problem: string | null; readonly waiting: boolean; readonly isAway: boolean };

/** Which gate stands before the page; `entered` is whether a PIN has been given. Pure. */
export function gateOf({ phase, state, refusal }: PageLink, entered: boolean): Gate {
  if (phase === 'outdated') return { name: 'outdated' };
  if (phase === 'refused') return { name: 'pin', problem: refusalWords(refusal), waiting: false, isAway: false };
  if (state?.curator) return { name: 'open' };
  return { name: 'pin', problem: null, waiting: entered, isAway: phase === 'lost' };
}

const spoken = (seconds: number): string =>
  seconds < 120 ? `${Math.ceil(seconds)} seconds` : `${Math.ceil(seconds / 60)} minutes`;

function refusalWords(refusal: PageLink['refusal']): string {
  if (refusal?.code === 'pin') return 'That is not the PIN.';
  if (refusal?.code === 'not-paired') return 'This device is not known to the piece (any more). Please give the PIN.';
  if (refusal?.code === 'rate-limited') {
    const wait = refusal.retryAfter;
    return `Too many tries. Please wait ${wait ? spoken(wait) : 'a moment'}.`;
  }
  return refusal?.reason ?? 'The server does not let this page in.';
}
