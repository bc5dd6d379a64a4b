import type { RgbImage } from './rgb-image.ts';
import { sharp } from './sharp.ts';

/** A picture at another size, by Lanczos' filter (3 lobes). */
export async function scaleTo(image: RgbImage, width: number, height: number): Promise<RgbImage> {
  if (image.width === width && image.height === height) return image;
  const data = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer();
  return { width, height, data };
}
