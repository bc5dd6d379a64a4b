import type { RgbImage } from '../image/rgb-image.ts';
import { videoEmpty } from './errors.ts';
import { decodeVideo } from './probe.ts';
import { openVideo, type VideoOptions, type VideoWriter } from './video-writer.ts';

/**
 * Writes the film `path` from frames that come one by one, of one size that the first one decides; they are taken as
 * fast as the encoder wants them and never gathered. The film turns without a seam where the frame after the last one
 * would be the first one: the last face then ends at the latent from which the first one began.
 */
export async function writeLoop(
  path: string,
  frames: AsyncIterable<RgbImage>,
  options: Omit<VideoOptions, 'width' | 'height'>,
): Promise<{ frames: number; bytes: number }> {
  let writer: VideoWriter | undefined;
  try {
    for await (const frame of frames) {
      writer ??= await openVideo(path, { ...options, width: frame.width, height: frame.height });
      await writer.write(frame);
    }
    if (writer === undefined) throw videoEmpty(path);
    return await writer.finish();
  } catch (error) {
    await writer?.abort();
    throw error;
  }
}

/** The frames of several videos one after the other, such as the evolutions of one pass. */
export async function* playInOrder(paths: readonly string[]): AsyncGenerator<RgbImage, void, undefined> {
  for (const path of paths) yield* decodeVideo(path);
}
