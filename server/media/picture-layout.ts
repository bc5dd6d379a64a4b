import type { RgbImage } from '../image/rgb-image.ts';
import { videoSettings } from './errors.ts';

/** Hardware decoders of tablets and televisions end here. */
const largestSide = 4096;

/**
 * Size of the picture in a video of frames of the given size: padded to even sides, as 4:2:0 needs, then enlarged by the
 * least whole number that brings the shorter side to `minimumSize`. A face of 128 px would otherwise be smeared by every
 * player, and its colours, which video keeps at half the size, would be 64 px wide.
 *
 * Throws where such a video would not play.
 */
export function layOutPicture(
  path: string,
  frame: { readonly width: number; readonly height: number },
  fps: number,
  minimumSize: number,
): { width: number; height: number } {
  for (const side of [frame.width, frame.height]) {
    if (!Number.isInteger(side) || side < 1) throw new RangeError(`frames of ${frame.width}x${frame.height}`);
  }
  if (!(fps >= 1 && fps <= 120)) throw videoSettings(path, `a video needs 1 to 120 frames a second, not ${fps}`);
  const [width, height] = [even(frame.width), even(frame.height)];
  const longest = Math.floor(largestSide / Math.max(width, height));
  const factor = Math.max(1, Math.min(longest, Math.ceil(minimumSize / Math.min(width, height))));
  if (Math.max(width, height) > largestSide) {
    throw videoSettings(path, `a video has sides of at most ${largestSide} px, not ${frame.width}x${frame.height}`);
  }
  return { width: width * factor, height: height * factor };
}

const even = (side: number): number => side + (side % 2);

/** The frame with even sides: the last column and row stand twice where they must. */
export function padded(image: RgbImage): RgbImage {
  const width = even(image.width);
  const height = even(image.height);
  if (width === image.width && height === image.height) return image;
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const from = 3 * image.width * Math.min(y, image.height - 1);
    const row = image.data.subarray(from, from + 3 * image.width);
    const to = 3 * width * y;
    data.set(row, to);
    if (width > image.width) data.set(row.subarray(-3), to + row.length);
  }
  return { width, height, data };
}
