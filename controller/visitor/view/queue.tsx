import { useEffect, useState } from 'preact/hooks';
import { fillText } from '../../../server/protocol/texts.ts';
import { Modal } from '../../shared/modal.tsx';
import { useIdle } from '../../shared/use-idle.ts';
import { type QueueView, queueView, stillWaits } from '../model/queue-view.ts';
import { placeText } from '../model/words.ts';
import { CommandButton } from './button.tsx';
import type { View } from './context.ts';

/** Screens that last a moment, in which nobody should be disturbed. */
const withoutQueue: ReadonlySet<string> = new Set([
  'connecting',
  'outdated',
  'consent',
  'framing',
  'camera-trouble',
  'countdown',
  'review',
]);

/** A number that is left open stands in the way of others, ms. */
const ticketPatience = 20_000;

/** The foot of the page: who waits, who is called, and taking a number. */
export function Queue({ view }: { readonly view: View }) {
  const { state, screen, tablet } = view;
  const [looked, look] = useState<number | null>(null);
  const queue = state && !withoutQueue.has(screen.name) ? queueView(state) : null;
  const isOver = looked !== null && !(queue && stillWaits(looked, queue));
  // Forgotten, so that it does not come back with the next screen.
  useEffect(() => {
    if (isOver) look(null);
  }, [isOver]);
  const shown = tablet.given?.ticket ?? (isOver ? null : looked);
  const close = () => {
    look(null);
    view.app.tell({ type: 'given-seen' });
  };
  if (!queue) return null;
  return (
    <footer class="queue">
      {queue.called !== null && screen.name !== 'called' ? (
        <Call view={view} ticket={queue.called} />
      ) : (
        <>
          <Waiting view={view} queue={queue} onLook={look} />
          {queue.open && screen.name !== 'busy' && (
            <CommandButton view={view} command={{ type: 'queue.join' }}>
              {view.texts.queueJoin}
            </CommandButton>
          )}
        </>
      )}
      {shown !== null && <Ticket view={view} queue={queue} ticket={shown} onClose={close} />}
    </footer>
  );
}

/** Somebody is called while another visitor's code is still on the tablet. */
function Call({ view, ticket }: { readonly view: View; readonly ticket: number }) {
  const { texts } = view;
  return (
    <div class="call" role="alert">
      <p>{fillText(texts.greetCalled, { number: ticket })}</p>
      <CommandButton view={view} command={{ type: 'begin', ticket }} kind="main">
        {texts.queueBegin}
      </CommandButton>
    </div>
  );
}

interface WaitingProps {
  readonly view: View;
  readonly queue: QueueView;
  readonly onLook: (ticket: number) => void;
}

function Waiting({ view, queue, onLook }: WaitingProps) {
  if (queue.waiting.length === 0) return null;
  const label = fillText(view.texts.queueWaiting, { numbers: '' }).trim();
  return (
    <div class="waiting">
      <p id="waiting">{label}</p>
      <ul aria-labelledby="waiting">
        {queue.waiting.map(({ ticket }) => (
          <li key={ticket}>
            <button type="button" class="quiet small" onClick={() => onLook(ticket)}>
              {ticket}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface TicketProps {
  readonly view: View;
  readonly queue: QueueView;
  readonly ticket: number;
  readonly onClose: () => void;
}

/** One number: its place, how long it takes, and giving it back. */
function Ticket({ view, queue, ticket, onClose }: TicketProps) {
  const { texts, app } = view;
  useIdle(ticketPatience, onClose);
  const place = queue.waiting.find((waiting) => waiting.ticket === ticket);
  return (
    <Modal title={texts.queueNumber} onClose={onClose} class="ticket">
      <p class="number">{ticket}</p>
      {place && <p>{placeText(texts, place)}</p>}
      <p>{texts.queueRemember}</p>
      <div class="choices">
        <button type="button" class="main" onClick={onClose}>
          {texts.back}
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            app.send({ type: 'queue.leave', ticket });
            onClose();
          }}
        >
          {texts.queueLeave}
        </button>
      </div>
    </Modal>
  );
}
