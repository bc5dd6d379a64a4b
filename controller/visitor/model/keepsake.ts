import type { InstallationState } from '../../../server/protocol/snapshot.ts';

/**
 * The code of the face made here, as the tablet itself remembers it: a server whose power was cut keeps the face, but
 * knows no more whose it is. Times on the local clock, ms.
 */
export interface Keepsake {
  readonly visitor: number;
  readonly receipt: string;
  readonly receiptLink: string;
  /** When the visit was last seen to go on. */
  readonly seenAt: number;
  /** The connection was lost, or the page loaded anew, since then. */
  readonly isCut: boolean;
  /** Until when it is shown; null where it is not. */
  readonly until: number | null;
}

/** After so long without the server nobody waits for their code any more, ms. */
const patience = 5 * 60_000;
/** How exactly `seenAt` is known, ms: it is written down each time. */
const grain = 10_000;

/** What is kept of the visit in hand, once more is known. Pure; gives the same object where nothing changed. */
export function followVisit(
  keepsake: Keepsake | null,
  state: InstallationState | null,
  isOnline: boolean,
  now: number,
): Keepsake | null {
  if (keepsake && (keepsake.until ?? keepsake.seenAt + patience) <= now) return null;
  if (!isOnline || state === null) return keepsake && !keepsake.isCut ? { ...keepsake, isCut: true } : keepsake;
  const { visit, farewell } = state;
  if (visit?.mine) {
    const { visitor, receipt, receiptLink } = visit;
    if (visitor === null || receipt === null || receiptLink === null) return null;
    if (keepsake?.receipt === receipt && !keepsake.isCut && now - keepsake.seenAt < grain) return keepsake;
    return { visitor, receipt, receiptLink, seenAt: now, isCut: false, until: null };
  }
  // A visit that ended before everybody's eyes ended as it should, and a server that says farewell knows best.
  return keepsake?.isCut && !farewell ? keepsake : null;
}

/** Whether somebody should be shown their code, if the face is still there. */
export const isOwed = (keepsake: Keepsake | null, isOnline: boolean): keepsake is Keepsake =>
  keepsake !== null && isOnline && keepsake.isCut && keepsake.until === null;
