import { useStore } from '../../shared/use-store.ts';
import { useTicks } from '../../shared/use-ticks.ts';
import type { CuratorApp } from '../curator-app.ts';
import { freshest } from '../model/acknowledgements.ts';

const words = { sending: 'sent', accepted: 'under way', done: 'done', refused: 'refused' } as const;

/** What became of the last thing the curator did. */
export function AcknowledgementStrip({ app }: { readonly app: CuratorApp }) {
  const acknowledgements = useStore(app.acknowledgements);
  useTicks(500);
  const shown = freshest(acknowledgements, Date.now());
  return (
    <div class="acknowledgements">
      <p role="status">
        {shown && shown.status !== 'refused' && (
          <span class="acknowledgement" data-status={shown.status}>
            {shown.label} <b>{words[shown.status]}</b>
          </span>
        )}
      </p>
      <p role="alert">
        {shown?.status === 'refused' && (
          <span class="acknowledgement" data-status="refused">
            {shown.label} <b>refused</b>: {shown.reason}
          </span>
        )}
      </p>
    </div>
  );
}
