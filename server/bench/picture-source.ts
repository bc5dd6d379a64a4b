import { resized } from '../image/resize.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { type StreamPort, systemClock } from '../installation/ports.ts';
import { startMetronome } from './metronome.ts';

/**
 * Stands between the piece and its displays. Once it has taken over, those of the piece, which come in the network's size and
 * at the pace of the becoming, are held back, and displays get its own pictures while it `offers`.
 */
export class PictureSource implements StreamPort {
  /** Pictures offered by itself, since it was made. */
  offered = 0;
  readonly #stream: StreamPort;
  #pictures: readonly RgbImage[] = [];
  #stop: () => void = () => {};

  constructor(stream: StreamPort) {
    this.#stream = stream;
  }

  show(...[image, header]: Parameters<StreamPort['show']>): void {
    if (this.#pictures.length === 0) this.#stream.show(image, header);
  }

  clear(): void {
    if (this.#pictures.length === 0) this.#stream.clear();
  }

  /** From now on its own pictures: a face, `size` px and each time a little different. */
  async takeOver(face: RgbImage, size: number): Promise<void> {
    const { width, height, data } = await resized(face, size, size);
    this.#pictures = [0, 1, 2, 3].map((shift) => ({
      width,
      height,
      data: data.map((value) => Math.min(255, value + shift)),
    }));
  }

  /** Shows them so many times a second, until it pauses. */
  offer(fps: number): void {
    this.#stop = startMetronome(fps, () => {
      const image = this.#pictures[this.offered++ % this.#pictures.length];
      const blend = Math.round(1_000 / fps);
      const rest = { kind: 'face', state: 'becoming', visitor: 1, likeness: 0.5 } as const;
      this.#stream.show(image, { ...rest, blend, capturedAt: systemClock.now() });
    });
  }

  pause(): void {
    this.#stop();
  }
}
