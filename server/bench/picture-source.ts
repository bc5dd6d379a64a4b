import { resized } from '../image/resize.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import type { StreamPort } from '../installation/ports.ts';
import { startMetronome } from './metronome.ts';

/**
 * Stands between the piece and its displays. While it `offers`, they get its own pictures at the size and rate to be
 * measured, and those of the piece, which come in the network's size and at the pace of the becoming, are held back.
 */
export class PictureSource implements StreamPort {
  /** Pictures offered by itself, since it was made. */
  offered = 0;
  readonly #stream: StreamPort;
  #stop: (() => void) | null = null;

  constructor(stream: StreamPort) {
    this.#stream = stream;
  }

  show(...[image, header]: Parameters<StreamPort['show']>): void {
    if (this.#stop === null) this.#stream.show(image, header);
  }

  /** Shows a face, `size` px and each time a little different, `fps` times a second. */
  async offer(face: RgbImage, size: number, fps: number): Promise<void> {
    const { width, height, data } = await resized(face, size, size);
    const pictures = [0, 1, 2, 3].map((shift) => ({
      width,
      height,
      data: data.map((value) => Math.min(255, value + shift)),
    }));
    this.#stop = startMetronome(fps, () => {
      const image = pictures[this.offered++ % pictures.length];
      const blend = Math.round(1_000 / fps);
      const rest = { kind: 'face', state: 'becoming', visitor: 1, likeness: 0.5 } as const;
      this.#stream.show(image, { ...rest, blend, capturedAt: Date.now() });
    });
  }

  /** Lets the piece's own pictures through again. */
  rest(): void {
    this.#stop?.();
    this.#stop = null;
  }
}
