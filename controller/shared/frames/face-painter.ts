import type { Picture } from '../../../display/frames/frame-link.ts';
import { type Dissolve, dissolveShare } from './dissolve.ts';

/** Draws pictures onto a canvas, each dissolving into the next over the time its header asks for. */
export interface FacePainter {
  /** Takes the bitmap over and closes it in time. */
  show(picture: Picture): void;
  close(): void;
}

/** A blend longer than this looks stuck on a tablet, ms. */
const longestBlend = 2_500;

export function paintFaces(canvas: HTMLCanvasElement): FacePainter {
  const context = canvas.getContext('2d', { alpha: false });
  /** What was seen when the dissolve began. */
  const before = document.createElement('canvas');
  let next: ImageBitmap | null = null;
  let dissolve: Dissolve = { begun: 0, duration: 0 };
  let animation = 0;

  const paint = () => {
    animation = 0;
    if (!next || !context) return;
    const share = dissolveShare(dissolve, performance.now());
    context.globalAlpha = 1;
    if (share < 1) context.drawImage(before, 0, 0);
    context.globalAlpha = share;
    context.drawImage(next, 0, 0);
    if (share < 1) animation = requestAnimationFrame(paint);
  };

  return {
    show({ header, bitmap }) {
      const first = next === null;
      copyCanvas(canvas, before);
      next?.close();
      next = bitmap;
      if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
        canvas.width = bitmap.width;
        canvas.height = bitmap.height;
      }
      dissolve = { begun: performance.now(), duration: first ? 0 : Math.min(header.blend, longestBlend) };
      if (!animation) animation = requestAnimationFrame(paint);
    },
    close() {
      cancelAnimationFrame(animation);
      next?.close();
      next = null;
    },
  };
}

function copyCanvas(from: HTMLCanvasElement, to: HTMLCanvasElement): void {
  to.width = from.width;
  to.height = from.height;
  to.getContext('2d', { alpha: false })?.drawImage(from, 0, 0);
}
