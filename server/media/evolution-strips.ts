import type { RgbImage } from '../image/rgb-image.ts';
import { sharp } from '../image/sharp.ts';
import { ground } from './ground.ts';
import { decodeVideo } from './probe.ts';

export interface StripOptions {
  /** Sides of a picture in pixels. */
  readonly tile?: number;
  readonly columns?: number;
}

/**
 * A PNG with a row for each evolution video: its first picture, its last, and between them those that lie evenly on the
 * way from the one to the other. By time alone a row would be over after its second picture.
 */
export async function evolutionStrips(
  videos: readonly string[],
  { tile = 160, columns = 8 }: StripOptions = {},
): Promise<Buffer> {
  const gap = Math.max(1, Math.round(tile / 40));
  const width = 2 * gap + columns * tile + (columns - 1) * gap;
  const height = 2 * gap + videos.length * tile + (videos.length - 1) * gap;
  const tiles: { input: Buffer; left: number; top: number }[] = [];
  for (const [row, video] of videos.entries()) {
    const frames: RgbImage[] = [];
    for await (const frame of decodeVideo(video)) frames.push(frame);
    for (const [column, frame] of evenlyChanging(frames, columns).entries()) {
      const input = await sharp(frame.data, { raw: { width: frame.width, height: frame.height, channels: 3 } })
        .resize(tile, tile, { fit: 'cover' })
        .png()
        .toBuffer();
      tiles.push({ input, left: gap + column * (tile + gap), top: gap + row * (tile + gap) });
    }
  }
  return sharp({ create: { width, height, channels: 3, background: ground } })
    .composite(tiles)
    .png()
    .toBuffer();
}

/**
 * `count` frames, evenly from the first to the last. How far a frame has come is told by its distances to both ends: what
 * changed from frame to frame would count the trembling of a face that has arrived.
 */
export function evenlyChanging(frames: readonly RgbImage[], count: number): RgbImage[] {
  const [first, last] = [frames[0], frames[frames.length - 1]];
  const come = frames.map((frame) => {
    const [since, left] = [difference(first, frame), difference(frame, last)];
    return since / (since + left || 1);
  });
  return Array.from({ length: count }, (_, k) => {
    if (k === count - 1) return last;
    return frames[come.findIndex((part) => part >= k / (count - 1))] ?? last;
  });
}

function difference(a: RgbImage, b: RgbImage): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i] - b.data[i]);
  return sum;
}
