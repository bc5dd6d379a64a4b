import type { RgbImage } from './rgb-image.ts';
import { sharp } from './sharp.ts';

const from = ({ width, height, data }: RgbImage) => sharp(data, { raw: { width, height, channels: 3 } });

/** PNG, without loss. */
export const encodePng = (image: RgbImage): Promise<Buffer> => from(image).png().toBuffer();

/** JPEG with full colour resolution, since lips and eyes live by it. `quality` 1..100. */
export const encodeJpeg = (image: RgbImage, quality = 92): Promise<Buffer> =>
  from(image).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();

/** WebP, `quality` 1..100. */
export const encodeWebp = (image: RgbImage, quality = 90): Promise<Buffer> =>
  from(image).webp({ quality, smartSubsample: true }).toBuffer();
