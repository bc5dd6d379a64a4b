import type { InstallationState, QueueTicket } from '../../../server/protocol/snapshot.ts';

/** What of the queue stands at the foot of the page. */
export interface QueueView {
  /** Whether somebody could take a number now. */
  readonly open: boolean;
  readonly full: boolean;
  /** Numbers that wait, next first. */
  readonly waiting: readonly QueueTicket[];
  /** A number that is called while this tablet shows something else. */
  readonly called: number | null;
}

/** The number that was looked at, for as long as it waits and nobody is called. Pure. */
export const stillWaits = (ticket: number | null, { waiting, called }: QueueView): boolean =>
  called === null && waiting.some((one) => one.ticket === ticket);

/** Null where there is no queue to speak of: it is switched off, or one can simply begin. Pure. */
export function queueView({ settings, queue, visit, trouble }: InstallationState): QueueView | null {
  if (!settings.queue) return null;
  const waiting = [...queue.waiting].sort((a, b) => a.place - b.place);
  if (visit === null && waiting.length === 0) return null;
  return { open: !queue.full && trouble !== 'closed', full: queue.full, waiting, called: queue.called };
}
