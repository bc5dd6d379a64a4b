import type { CommandType } from '../../../server/protocol/commands.ts';
import type { InstallationState } from '../../../server/protocol/snapshot.ts';
import type { TextKey } from '../../../server/protocol/texts.ts';
import type { Answer } from '../../shared/link/answers.ts';
import { followVisit, type Keepsake } from './keepsake.ts';
import { refusalText } from './refusal-text.ts';

/** What this tablet remembers of the people before it, and no server needs to know. Times on the local clock, ms. */
export interface Tablet {
  /** Chosen by the visitor; null is the installation's first. */
  readonly language: string | null;
  /** The number just given to somebody, shown large until then. */
  readonly given: { readonly ticket: number; readonly until: number } | null;
  /** A short word about something that did not work. */
  readonly notice: { readonly text: TextKey; readonly until: number } | null;
  /** The command under way: its button waits. */
  readonly pending: CommandType | null;
  /** The farewell (its receipt) that has been put away. */
  readonly putAway: string | null;
  /** The code of the visit in hand, for when the server no longer knows whose it is. */
  readonly keepsake: Keepsake | null;
  readonly touchedAt: number;
}

export const newTablet: Tablet = {
  language: null,
  given: null,
  notice: null,
  pending: null,
  putAway: null,
  keepsake: null,
  touchedAt: Number.NEGATIVE_INFINITY,
};

export type TabletEvent =
  | { readonly type: 'language'; readonly code: string; readonly now: number }
  | { readonly type: 'touched'; readonly now: number }
  | { readonly type: 'sent'; readonly command: CommandType; readonly now: number }
  | { readonly type: 'answered'; readonly command: CommandType; readonly answer: Answer; readonly now: number }
  | { readonly type: 'given-seen' }
  | { readonly type: 'put-away'; readonly receipt: string }
  /** Somebody still looks at the code of the keepsake. */
  | { readonly type: 'stayed'; readonly until: number }
  /** The face was deleted on this tablet. */
  | { readonly type: 'forgotten'; readonly receipt: string; readonly now: number }
  /** The face of the keepsake is in the chain, or it is not. */
  | { readonly type: 'found'; readonly receipt: string; readonly isThere: boolean; readonly until: number }
  /** Something of the server, or only time, has changed. */
  | {
      readonly type: 'passed';
      readonly state: InstallationState | null;
      readonly isOnline: boolean;
      readonly now: number;
    };

/** How long a new number stays large, ms. */
const givenTime = 12_000;
const noticeTime = 6_000;
/** After so long without a touch or a visit, the next person finds the first language again, ms. */
const strangerTime = 30_000;

/** What the tablet remembers after an event. Pure; gives the same object where nothing changed. */
export function reduceTablet(tablet: Tablet, event: TabletEvent): Tablet {
  switch (event.type) {
    case 'language':
      return { ...tablet, language: event.code, touchedAt: event.now };
    case 'touched':
      return { ...tablet, touchedAt: event.now };
    case 'sent':
      return { ...tablet, pending: event.command, notice: null, touchedAt: event.now };
    case 'answered':
      return afterAnswer(tablet, event.command, event.answer, event.now);
    case 'given-seen':
      return { ...tablet, given: null };
    case 'put-away':
      return { ...tablet, putAway: event.receipt, keepsake: null };
    case 'stayed':
      return tablet.keepsake?.until ? { ...tablet, keepsake: { ...tablet.keepsake, until: event.until } } : tablet;
    case 'forgotten': {
      // The visit ends with it: the word about it stays while the page moves on.
      const notice = { text: 'receiptForgotten', until: event.now + noticeTime } as const;
      return { ...tablet, putAway: event.receipt, keepsake: null, notice };
    }
    case 'found': {
      const { keepsake } = tablet;
      if (keepsake?.receipt !== event.receipt) return tablet;
      return { ...tablet, keepsake: event.isThere ? { ...keepsake, until: event.until } : null };
    }
    case 'passed':
      return afterTime(tablet, event.state, event.isOnline, event.now);
  }
}

function afterAnswer(tablet: Tablet, command: CommandType, answer: Answer, now: number): Tablet {
  const pending = tablet.pending === command ? null : tablet.pending;
  if (answer.status === 'refused') {
    const text = refusalText(answer.code);
    return { ...tablet, pending, notice: text && { text, until: now + noticeTime } };
  }
  if (command !== 'queue.join' || answer.ticket === undefined) return { ...tablet, pending };
  return { ...tablet, pending, given: { ticket: answer.ticket, until: now + givenTime } };
}

function afterTime(tablet: Tablet, state: InstallationState | null, isOnline: boolean, now: number): Tablet {
  // Before its time where it is called already: it must not cover that.
  const isKept = tablet.given && tablet.given.until > now && tablet.given.ticket !== state?.queue.called;
  const given = isKept ? tablet.given : null;
  const notice = tablet.notice && tablet.notice.until > now ? tablet.notice : null;
  const followed = followVisit(tablet.keepsake, state, isOnline, now);
  const keepsake = followed?.receipt === tablet.putAway ? null : followed;
  const engaged = state?.visit?.mine === true || state?.farewell != null || given !== null || keepsake !== null;
  const stranger = !engaged && now - tablet.touchedAt > strangerTime;
  const language = stranger ? null : tablet.language;
  // While somebody is engaged, their silence is not counted.
  const touchedAt = engaged ? Math.max(tablet.touchedAt, now) : tablet.touchedAt;
  const kept = keepsake === tablet.keepsake;
  const same = kept && given === tablet.given && notice === tablet.notice && language === tablet.language;
  const isQuiet = same && touchedAt <= tablet.touchedAt + 1_000;
  return isQuiet ? tablet : { ...tablet, given, notice, keepsake, language, touchedAt };
}

/** The language the tablet speaks: the chosen one where the installation has it, else its first. */
export function languageOf(tablet: Tablet, state: InstallationState): string {
  const { languages } = state;
  const chosen = languages.find(({ code }) => code === tablet.language);
  return (chosen ?? languages[0])?.code ?? 'en';
}
