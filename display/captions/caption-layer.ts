import type { GpuContext } from '../scene/gpu-context.ts';
import type { Caption } from './caption.ts';
import { captionBoxes } from './lines.ts';
import { Words } from './words.ts';

const ink = '#f3ece1';
const inkSoft = '#c3b8a8';

/** Words by the face and the curator's line below it, each fading into the next. */
export class CaptionLayer {
  private readonly label: Words;
  private readonly message: Words;

  constructor(gpu: GpuContext) {
    this.label = new Words(gpu, 1.6);
    this.message = new Words(gpu, 1.2);
  }

  /** What the wall says from now on; the same caption again changes nothing. */
  say({ title, line, message, language }: Caption): void {
    this.label.want([
      { text: title, language, size: 0.042, weight: 300, color: ink },
      { text: line, language, size: 0.031, weight: 330, color: inkSoft },
    ]);
    this.message.want([{ text: message, language, size: 0.036, weight: 330, color: ink }]);
  }

  /** Sets the size of the picture, px. */
  resize(width: number, height: number): void {
    const { label, message, inset: part, below } = captionBoxes(width / height);
    const inset = Math.round(part * height);
    const align = below ? 'center' : 'start';
    const from = below ? 'top' : 'bottom';
    // Words below the face may be larger than those beside it.
    const scale = Math.min(width, height) * (below ? 1.3 : 1);
    this.label.setPlace({ box: label, placement: { align, from, inset }, scale, width, height });
    this.message.setPlace({
      box: message,
      placement: { align: 'center', from: 'bottom', inset },
      scale,
      width,
      height,
    });
  }

  /** Moves on by `dt` seconds and draws. */
  draw(dt: number): void {
    this.label.draw(dt);
    this.message.draw(dt);
  }

  dispose(): void {
    this.label.dispose();
    this.message.dispose();
  }
}
