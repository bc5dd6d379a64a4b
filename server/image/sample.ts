import type { RgbImage } from './rgb-image.ts';

type Corner = readonly [x: number, y: number];

/**
 * Looks at a picture through a square that may be turned and may reach over its edges: [size, size] pixels of the
 * square, each the mean of a grid of bilinear looks that is as fine as the picture, so nothing aliases. Outside, the
 * nearest pixel of the edge stands in. Made for small looks (what a detector or a measurement wants), a few
 * milliseconds at 128 px; for pictures that people see there is `face/crop.ts`.
 *
 * @param corners top-left, bottom-left, bottom-right, top-right in pixels, the first pixel's middle at (0.5, 0.5).
 */
export function sampleQuad(image: RgbImage, corners: readonly Corner[], size: number): RgbImage {
  const [topLeft, bottomLeft, , topRight] = corners;
  const side = Math.hypot(bottomLeft[0] - topLeft[0], bottomLeft[1] - topLeft[1]);
  const looks = Math.min(8, Math.max(1, Math.ceil(side / size - 0.2))); // along each axis of a pixel
  const step = 1 / (size * looks);
  const rightX = (topRight[0] - topLeft[0]) * step;
  const rightY = (topRight[1] - topLeft[1]) * step;
  const downX = (bottomLeft[0] - topLeft[0]) * step;
  const downY = (bottomLeft[1] - topLeft[1]) * step;
  const sums = new Float32Array(size * size * 3);
  for (let row = 0; row < size * looks; row++) {
    for (let column = 0; column < size * looks; column++) {
      const x = topLeft[0] + (column + 0.5) * rightX + (row + 0.5) * downX - 0.5;
      const y = topLeft[1] + (column + 0.5) * rightY + (row + 0.5) * downY - 0.5;
      const at = 3 * (Math.floor(row / looks) * size + Math.floor(column / looks));
      addBilinear(image, x, y, sums, at);
    }
  }
  const data = new Uint8Array(sums.length);
  for (let i = 0; i < sums.length; i++) data[i] = sums[i] / (looks * looks) + 0.5;
  return { width: size, height: size, data };
}

/** Adds the picture's colour at (x, y), here counted from the middle of the first pixel, to three sums. */
function addBilinear({ width, height, data }: RgbImage, x: number, y: number, sums: Float32Array, at: number): void {
  const inX = Math.min(Math.max(x, 0), width - 1);
  const inY = Math.min(Math.max(y, 0), height - 1);
  const left = Math.min(Math.floor(inX), Math.max(width - 2, 0));
  const top = Math.min(Math.floor(inY), Math.max(height - 2, 0));
  const fx = inX - left;
  const fy = inY - top;
  const toRight = width > 1 ? 3 : 0;
  const toBelow = height > 1 ? 3 * width : 0;
  const here = 3 * (top * width + left);
  for (let c = 0; c < 3; c++) {
    const i = here + c;
    const above = data[i] + (data[i + toRight] - data[i]) * fx;
    const below = data[i + toBelow] + (data[i + toBelow + toRight] - data[i + toBelow]) * fx;
    sums[at + c] += above + (below - above) * fy;
  }
}
