import { useState } from 'preact/hooks';
import { fillText } from '../../../server/protocol/texts.ts';
import { Modal } from '../../shared/modal.tsx';
import type { Screen } from '../model/screen.ts';
import { timeLeft } from '../model/words.ts';
import type { View } from './context.ts';
import { Title } from './title.tsx';

export interface BecomingProps {
  readonly view: View;
  readonly screen: Extract<Screen, { name: 'becoming' }>;
}

export function Becoming({ view, screen }: BecomingProps) {
  const { texts, app } = view;
  const { progress, paused } = screen;
  const [leaving, setLeaving] = useState(false);
  return (
    <>
      <Title>{texts.becomingTitle}</Title>
      <p role="status">{paused ? texts.becomingWaiting : texts.becomingText}</p>
      {progress && !paused && (
        <p class="time-left">{fillText(texts.becomingLeft, { time: timeLeft(progress.secondsLeft) })}</p>
      )}
      <div class="choices">
        <button type="button" class="quiet" onClick={() => setLeaving(true)}>
          {texts.becomingLeave}
        </button>
      </div>
      {leaving && (
        <Modal title={texts.becomingLeaveSure} onClose={() => setLeaving(false)}>
          <div class="choices">
            <button type="button" class="main" onClick={() => setLeaving(false)}>
              {texts.becomingStay}
            </button>
            <button
              type="button"
              onClick={() => {
                setLeaving(false);
                app.send({ type: 'leave' });
              }}
            >
              {texts.becomingLeave}
            </button>
          </div>
        </Modal>
      )}
    </>
  );
}
