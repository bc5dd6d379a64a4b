import type { RgbImage } from './rgb-image.ts';
import { sharp } from './sharp.ts';

/**
 * Cuts a square out of a picture, in whole pixels, and scales it to [size, size]. Where the square reaches over the
 * picture's edges the result is black. The square must touch the picture.
 *
 * @returns the pixels, and the cut's true scale and place: x = left + u / scale for a pixel u of the result.
 */
export async function cutSquare(
  image: RgbImage,
  square: { readonly x: number; readonly y: number; readonly side: number },
  size: number,
): Promise<{ pixels: RgbImage; left: number; top: number; scale: number }> {
  const [left, top, side] = [Math.round(square.x), Math.round(square.y), Math.max(1, Math.round(square.side))];
  const [x0, y0] = [Math.max(left, 0), Math.max(top, 0)];
  const width = Math.min(left + side, image.width) - x0;
  const height = Math.min(top + side, image.height) - y0;
  const scale = size / side;
  const at = (value: number) => Math.min(size - 1, Math.round(value * scale));
  const [before, above] = [at(x0 - left), at(y0 - top)];
  const inner = {
    width: Math.max(1, Math.min(size - before, Math.round(width * scale))),
    height: Math.max(1, Math.min(size - above, Math.round(height * scale))),
  };
  const data = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
    .extract({ left: x0, top: y0, width, height })
    .resize({ ...inner, fit: 'fill', kernel: 'linear' })
    .extend({
      left: before,
      top: above,
      right: size - before - inner.width,
      bottom: size - above - inner.height,
      background: '#000000',
    })
    .raw()
    .toBuffer();
  return { pixels: { width: size, height: size, data }, left, top, scale };
}
