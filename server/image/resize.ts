import type { RgbImage } from './rgb-image.ts';
import { sharp } from './sharp.ts';

/** A picture at another size, by Lanczos' filter. */
export async function resized(
  { width: w, height: h, data }: RgbImage,
  width: number,
  height: number,
): Promise<RgbImage> {
  if (w === width && h === height) return { width, height, data };
  const pixels = await sharp(data, { raw: { width: w, height: h, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer();
  return { width, height, data: pixels };
}
