import type { InstallationState, Time } from '../../../server/protocol/snapshot.ts';
import type { StateName } from '../../../server/protocol/states.ts';
import { fillText } from '../../../server/protocol/texts.ts';
import { english } from '../../../server/protocol/texts-en.ts';

/** What curators call the states of a visit. */
export const stateWords: Readonly<Record<StateName, string>> = {
  attract: 'Attract',
  greet: 'Greeting',
  framing: 'Framing',
  countdown: 'Countdown',
  review: 'Review',
  becoming: 'Becoming',
  arrived: 'Arrived',
};

/** A length of time, roughly: `8 s`, `5 min`, `3 h`, `12 days`. Pure. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

/**
 * `1:05` to the end of the state; null where there is none. A becoming ends when it is done, so its progress says how
 * long that takes. Pure.
 */
export function timeLeft({ state, until, visit }: InstallationState, now: Time): string | null {
  if (state === 'becoming') return visit?.progress ? clock(visit.progress.secondsLeft) : null;
  return until === null ? null : clock((until - now) / 1_000);
}

function clock(length: number): string {
  const seconds = Math.max(0, Math.ceil(length));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export const percent = (share: number | null): string => (share === null ? '–' : `${Math.round(share * 100)} %`);

/** Time of day for the log, day and time for a face: in the tablet's own place and manner. */
export const timeOfDay = (time: Time): string => new Date(time).toLocaleTimeString([], { timeStyle: 'medium' });
export const dayAndTime = (time: Time): string =>
  new Date(time).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });

/** A face as the wall calls it. */
export const faceName = (number: number): string => fillText(english.captionVisitor, { number });

/** The one line under the wall's picture: what is going on. Pure. */
export function visitWords({ state, visit, queue }: InstallationState): string {
  if (state === 'attract' || !visit) return 'Nobody is there';
  if (queue.called !== null) return `Number ${queue.called} is called`;
  return visit.visitor === null ? 'A visitor is there' : faceName(visit.visitor);
}
