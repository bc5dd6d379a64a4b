import type { RgbImage } from './rgb-image.ts';
import { sharp } from './sharp.ts';

/** A picture turned clockwise by so many quarters. */
export async function quarterTurned({ width, height, data }: RgbImage, turns: 1 | 2 | 3): Promise<RgbImage> {
  const pixels = await sharp(data, { raw: { width, height, channels: 3 } })
    .rotate(90 * turns)
    .raw()
    .toBuffer();
  return turns === 2 ? { width, height, data: pixels } : { width: height, height: width, data: pixels };
}
