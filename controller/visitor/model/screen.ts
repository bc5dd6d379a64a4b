import type { Farewell, Hint, InstallationState, Progress, Time, Visit } from '../../../server/protocol/snapshot.ts';
import { consentPhotoKey, type TextKey } from '../../../server/protocol/texts.ts';
import { type PageLink, serverNow } from '../../shared/link/page-link.ts';
import type { CameraProblem } from '../camera/camera-problem.ts';
import type { Tablet } from './tablet.ts';

/** What the tablet shows. One of these at a time. */
export type Screen =
  /** Nothing is known yet. */
  | { readonly name: 'connecting' }
  | { readonly name: 'outdated' }
  /** Nobody can begin now. `camera` is what is wrong with this tablet's own. */
  | {
      readonly name: 'resting';
      readonly trouble: 'camera' | 'engine' | 'closed';
      readonly camera: CameraProblem | null;
    }
  | { readonly name: 'attract' }
  /** A visit is led elsewhere. */
  | { readonly name: 'busy' }
  | { readonly name: 'called'; readonly ticket: number }
  | { readonly name: 'consent'; readonly ticket: number | null; readonly photograph: TextKey }
  | {
      readonly name: 'framing';
      readonly hint: Hint | null;
      readonly problem: Visit['problem'];
      /** The portrait is about to be taken by itself. */
      readonly captures: boolean;
    }
  /** `camera` is what this tablet knows to be wrong with its own; null where the server alone says that one is in trouble. */
  | { readonly name: 'camera-trouble'; readonly camera: CameraProblem | null }
  | { readonly name: 'countdown' }
  /** `portrait` is null until it has been taken and found good. */
  | { readonly name: 'review'; readonly portrait: string | null }
  | { readonly name: 'becoming'; readonly progress: Progress | null; readonly paused: boolean }
  | {
      readonly name: 'arrived';
      readonly receipt: Receipt | null;
      readonly visitor: number;
      readonly farewell: boolean;
      /** When a farewell ends by itself, by the server's clock; null where the wall still holds the face. */
      readonly until: Time | null;
    };

export type ScreenName = Screen['name'];

export interface Receipt {
  /** Address on this server. */
  readonly address: string;
  /** Full address, for phones. */
  readonly link: string;
}

/** Chooses the screen. Pure. `camera` is what is wrong with this tablet's camera, null where nothing is. */
export function screenOf(link: PageLink, tablet: Tablet, camera: CameraProblem | null): Screen {
  if (link.phase === 'outdated') return { name: 'outdated' };
  const { state } = link;
  if (!state) return { name: 'connecting' };
  if (state.visit?.mine) return visitScreen(state, state.visit, tablet, lends(state) ? camera : null);
  // Before a call: whoever is just scanning their code must not lose it. The call stands at the foot of the page.
  if (state.farewell && state.farewell.receipt !== tablet.putAway) return farewellScreen(state.farewell);
  if (tablet.keepsake?.until) {
    return farewellScreen({ ...tablet.keepsake, until: serverNow(link, tablet.keepsake.until) });
  }
  if (state.queue.called !== null) return { name: 'called', ticket: state.queue.called };
  if (state.visit) return { name: 'busy' };
  return restingScreen(state, camera) ?? { name: 'attract' };
}

function visitScreen(state: InstallationState, visit: Visit, tablet: Tablet, camera: CameraProblem | null): Screen {
  switch (state.state) {
    // A visit on its way out; attract follows at once.
    case 'attract':
      return { name: 'attract' };
    case 'greet':
      return state.queue.called === null
        ? {
            name: 'consent',
            ticket: visit.ticket,
            photograph: consentPhotoKey(state.settings.portraitsKept, visit.beside),
          }
        : { name: 'called', ticket: state.queue.called };
    case 'framing':
      return camera || state.trouble === 'camera'
        ? { name: 'camera-trouble', camera }
        : { name: 'framing', hint: visit.hints[0] ?? null, problem: visit.problem, captures: visit.captures };
    case 'countdown':
      return { name: 'countdown' };
    case 'review':
      return { name: 'review', portrait: visit.portrait };
    case 'becoming':
      return {
        name: 'becoming',
        progress: visit.progress,
        paused: state.parameters.freeze || state.trouble === 'engine',
      };
    case 'arrived':
      return {
        name: 'arrived',
        receipt: receiptOf(visit, tablet),
        visitor: visit.visitor ?? 0,
        farewell: false,
        until: null,
      };
  }
}

function restingScreen(state: InstallationState, camera: CameraProblem | null): Screen | null {
  const own = lends(state) ? camera : null;
  if (state.trouble && state.trouble !== 'camera') return { name: 'resting', trouble: state.trouble, camera: null };
  return state.trouble || own ? { name: 'resting', trouble: 'camera', camera: own } : null;
}

const farewellScreen = ({ visitor, receipt, receiptLink, until }: Farewell): Screen => ({
  name: 'arrived',
  receipt: { address: receipt, link: receiptLink },
  visitor,
  farewell: true,
  until,
});

const receiptOf = ({ receipt, receiptLink }: Visit, { putAway }: Tablet): Receipt | null =>
  receipt !== null && receiptLink !== null && receipt !== putAway ? { address: receipt, link: receiptLink } : null;

/** Whether tablets lend their own camera. */
export const lends = (state: InstallationState): boolean => state.cameraDriver === 'browser';

/** Whether this tablet's camera may be on: somebody stands here and has agreed, and the portrait is not taken yet. */
export function cameraAllowed({ state, phase }: PageLink): boolean {
  if (!state?.visit?.mine || phase === 'outdated' || !lends(state)) return false;
  return state.state === 'framing' || state.state === 'countdown' || state.state === 'review';
}

/** From so many seconds before the end, the tablet says that it is about to move on. */
const warningSeconds = 15;
/** Screens that end by themselves and lose something with it. */
const warned: ReadonlySet<ScreenName> = new Set(['called', 'consent', 'framing', 'camera-trouble', 'review']);
export const mayWarn = (screen: Screen): boolean =>
  warned.has(screen.name) || (screen.name === 'arrived' && screen.until !== null);

/** Seconds until the piece moves on without the visitor, where that is soon and they should know; else null. */
export function warningOf(screen: Screen, link: PageLink, localNow: number): number | null {
  const until = screen.name === 'arrived' ? screen.until : (link.state?.until ?? null);
  if (until === null || !mayWarn(screen)) return null;
  if (screen.name === 'review' && screen.portrait === null) return null;
  // What comes then is what they are waiting for.
  if (screen.name === 'framing' && screen.captures) return null;
  const seconds = Math.ceil((until - serverNow(link, localNow)) / 1_000);
  return seconds <= warningSeconds ? Math.max(0, seconds) : null;
}

/** Whether a touch keeps the code that is about to go: where somebody is called, they come first. */
export const isKeptByTouch = (screen: Screen, { state }: PageLink): boolean =>
  screen.name === 'arrived' && screen.until !== null && state?.queue.called === null;

/** Seconds until the portrait is taken, as counted down aloud: 3, 2, 1, and 0 at the moment itself. */
export function countdownSeconds(link: PageLink, localNow: number): number {
  const until = link.state?.until ?? null;
  return until === null ? 0 : Math.max(0, Math.ceil((until - serverNow(link, localNow)) / 1_000));
}
