import type { Hint } from '../../../server/protocol/snapshot.ts';

/** The hint that is shown, and the one that would like to be. Times in ms. */
export interface SteadyHint {
  readonly shown: Hint | null;
  readonly next: Hint | null;
  /** Since when `next` has been wished for without a break. */
  readonly since: number;
}

export const noHint: SteadyHint = { shown: null, next: null, since: 0 };

/** A new hint must last this long, ms: hints that flicker are no help, and screen readers would read them all. */
const settleTime = 450;

/** Follows the newest hint, but not its flicker. The first is taken at once. Pure. */
export function steadyHint(hint: SteadyHint, newest: Hint | null, now: number): SteadyHint {
  if (newest === hint.shown) return hint.next === newest ? hint : { shown: hint.shown, next: newest, since: now };
  if (hint.shown === null) return { shown: newest, next: newest, since: now };
  if (newest !== hint.next) return { shown: hint.shown, next: newest, since: now };
  return now - hint.since >= settleTime ? { shown: newest, next: newest, since: hint.since } : hint;
}
