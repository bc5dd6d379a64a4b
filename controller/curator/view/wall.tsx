import { frameQuery } from '../../../server/protocol/frame.ts';
import { routes } from '../../../server/protocol/routes.ts';
import { FrameCanvas } from '../../shared/frames/frame-canvas.tsx';
import { percent, stateWords, timeLeft, visitWords } from '../model/words.ts';
import type { View } from './context.ts';

const stream = routes.frames + frameQuery({ size: 256, format: 'jpeg' });
/** The wall at a glance need not be smooth, ms. */
const interval = 120;

/** The face on the wall, and what is going on. */
export function Wall({ view }: { readonly view: View }) {
  const { state, now, app } = view;
  const { progress } = state.visit ?? {};
  const left = timeLeft(state, now);
  return (
    <section class="wall" aria-label="The wall">
      <div class="wall-picture" data-dark={state.parameters.blackout}>
        <FrameCanvas
          path={stream}
          interval={interval}
          revival={app.revival}
          onOutdated={app.outdated}
          label="The face on the wall"
        />
        {state.parameters.blackout && <p>Blackout</p>}
        {state.parameters.freeze && !state.parameters.blackout && <p>Frozen</p>}
      </div>
      <div class="wall-words">
        <p class="state" role="status">
          {stateWords[state.state]}
        </p>
        <p>
          {visitWords(state)}
          {left && <span class="clock"> · {left}</span>}
        </p>
        {progress && (
          <p>
            <progress aria-label="Progress of the becoming" max={1} value={progress.done} />
            <span>likeness {percent(progress.likeness)}</span>
          </p>
        )}
      </div>
    </section>
  );
}
