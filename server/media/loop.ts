import type { RgbImage } from '../image/rgb-image.ts';
import { videoEmpty } from './errors.ts';
import { decodeVideo } from './probe.ts';
import { openVideo, type VideoOptions } from './video-writer.ts';

export interface LoopOptions extends Omit<VideoOptions, 'width' | 'height'> {
  /**
   * The frames that the first one followed when it was made: the end of the evolution whose latent it started from. The
   * end of the film is dissolved into them. None where nothing came before.
   */
  readonly leadIn?: readonly RgbImage[];
}

/** A loop film, and the two frames that meet at its seam. */
export interface Loop {
  readonly frames: number;
  readonly bytes: number;
  readonly first: RgbImage;
  readonly last: RgbImage;
}

/** Writes the film `path` whose last frame leads to its first. Frames are taken as the encoder wants them. */
export async function writeLoop(path: string, frames: AsyncIterable<RgbImage>, options: LoopOptions): Promise<Loop> {
  const { leadIn = [], ...video } = options;
  let writer: Awaited<ReturnType<typeof openVideo>> | undefined;
  let first: RgbImage | undefined;
  let last: RgbImage | undefined;
  try {
    for await (const frame of dissolveEnd(frames, leadIn)) {
      writer ??= await openVideo(path, { ...video, width: frame.width, height: frame.height });
      await writer.write(frame);
      first ??= frame;
      last = frame;
    }
    if (writer === undefined || first === undefined || last === undefined) throw videoEmpty(path);
    return { ...(await writer.finish()), first, last };
  } catch (error) {
    await writer?.abort();
    throw error;
  }
}

/** The frames of several videos one after the other, such as the evolutions of one pass. */
export async function* playInOrder(paths: readonly string[]): AsyncGenerator<RgbImage, void, undefined> {
  for (const path of paths) yield* decodeVideo(path);
}

/** The last `count` frames, or all where there are fewer. */
export async function lastFrames(frames: AsyncIterable<RgbImage>, count: number): Promise<RgbImage[]> {
  const kept: RgbImage[] = [];
  for await (const frame of frames) {
    kept.push(frame);
    if (kept.length > count) kept.shift();
  }
  return kept;
}

/**
 * The frames, of which the last ones fade into `leadIn`.
 *
 * On the second pass the first face starts where the first pass ended, so a film of the second pass alone jumps at its
 * seam: it ends with the last portrait as found the second time, and begins after the last portrait as found the first
 * time. Those two are one person at one stage of becoming, a little apart. Fading from one into the other over the last
 * frames spreads that little over all of them, and the very last frame is exactly the one that the first followed.
 */
export async function* dissolveEnd(
  frames: AsyncIterable<RgbImage>,
  leadIn: readonly RgbImage[],
): AsyncGenerator<RgbImage, void, undefined> {
  const held: RgbImage[] = [];
  for await (const frame of frames) {
    held.push(frame);
    if (held.length > leadIn.length) yield held.shift()!;
  }
  const into = leadIn.slice(leadIn.length - held.length);
  for (const [i, frame] of held.entries()) yield mix(frame, into[i], (i + 1) / held.length);
}

function mix(a: RgbImage, b: RgbImage, amount: number): RgbImage {
  if (a.width !== b.width || a.height !== b.height) {
    throw new RangeError(`cannot fade ${a.width}x${a.height} into ${b.width}x${b.height}`);
  }
  const data = new Uint8Array(a.data.length);
  for (let i = 0; i < data.length; i++) data[i] = Math.round(a.data[i] + amount * (b.data[i] - a.data[i]));
  return { width: a.width, height: a.height, data };
}
