import { useEffect, useRef } from 'preact/hooks';
import { FrameCanvas } from '../../shared/frames/frame-canvas.tsx';
import { useTicks } from '../../shared/use-ticks.ts';
import { type MirrorPicture, mirrorPicture, mirrorRing, previewStream, wallStream } from '../model/mirror-view.ts';
import { countdownSeconds } from '../model/screen.ts';
import type { View } from './context.ts';
import { Ring } from './ring.tsx';

/** The wall is glanced at, the camera is looked into: least times between two pictures, ms. */
const wallInterval = 60;
const previewInterval = 30;

/** The oval: the face on the wall, the visitor in the camera, their portrait, their new face. */
export function Mirror({ view }: { readonly view: View }) {
  const { screen, state, texts, app } = view;
  const picture = mirrorPicture(screen, state);
  const wall = picture.kind === 'wall';
  return (
    <div class={`mirror mirror-${picture.kind}`} data-dim={wall && picture.dim}>
      <div class="oval">
        {wall && (
          <FrameCanvas
            path={wallStream}
            interval={wallInterval}
            revival={app.revival}
            onOutdated={app.outdated}
            label={texts.faceAlt}
          />
        )}
        {picture.kind === 'camera' && <Camera view={view} picture={picture} />}
        {picture.kind === 'portrait' && <img src={picture.address} alt={texts.portraitAlt} />}
        {picture.kind === 'face' && <img src={picture.address} alt={texts.faceAlt} />}
        {screen.name === 'countdown' && <Count view={view} />}
        {screen.name === 'called' && (
          <p class="call-number" aria-hidden="true">
            {screen.ticket}
          </p>
        )}
      </div>
      <Ring ring={mirrorRing(screen)} link={app.link.get()} label={texts.becomingProgress} />
    </div>
  );
}

function Camera({ view, picture }: { view: View; picture: Extract<MirrorPicture, { kind: 'camera' }> }) {
  const { app, state, texts } = view;
  const mirrored = state?.settings.mirror ? 'mirrored' : '';
  if (picture.own) return <OwnCamera view={view} class={mirrored} still={picture.still} />;
  return (
    <FrameCanvas
      path={previewStream(app.client)}
      interval={previewInterval}
      revival={app.revival}
      onOutdated={app.outdated}
      label={texts.previewAlt}
      class={mirrored}
    />
  );
}

/** The camera's own video element, moved in here while it is looked into. */
function OwnCamera({ view, class: className, still }: { view: View; class: string; still: boolean }) {
  const ref = useRef<HTMLDivElement>(null);
  const { video } = view.app.camera;
  useEffect(() => {
    ref.current?.append(video);
    // Safari pauses a video that is moved.
    void video.play().catch(() => {});
    return () => video.remove();
  }, [video]);
  useEffect(() => {
    video.className = className;
  });
  return <div ref={ref} class="own-camera" data-still={still} role="img" aria-label={view.texts.previewAlt} />;
}

function Count({ view }: { readonly view: View }) {
  useTicks(100);
  const seconds = countdownSeconds(view.app.link.get(), Date.now());
  return (
    <p class="count" role="timer" aria-live="assertive" data-now={seconds === 0}>
      {seconds > 0 && <span key={seconds}>{seconds}</span>}
    </p>
  );
}
