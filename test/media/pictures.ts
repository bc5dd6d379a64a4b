import type { RgbImage } from '../../server/image/rgb-image.ts';

/** A picture of any size from a function of its pixels. */
export function draw(width: number, height: number, colour: (x: number, y: number) => readonly number[]): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(colour(x, y), 3 * (y * width + x));
  }
  return { width, height, data };
}

export const plain = (width: number, height: number, colour: readonly number[]): RgbImage =>
  draw(width, height, () => colour);

/** A soft picture that moves with `t`: neighbouring frames differ a little everywhere, as an evolution's do. */
export const moving = (width: number, height: number, t: number): RgbImage =>
  draw(width, height, (x, y) => [
    128 + 90 * Math.sin((x + 3 * t) / 11),
    128 + 70 * Math.sin((y - 2 * t) / 13 + 1),
    110 + 60 * Math.sin((x + y + t) / 17 + 2),
  ]);

export function pixel(image: RgbImage, x: number, y: number): number[] {
  const at = 3 * (y * image.width + x);
  return [...image.data.subarray(at, at + 3)];
}

/** Mean absolute difference of two pictures of one size, in levels of 255. */
export function meanDifference(a: RgbImage, b: RgbImage): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i] - b.data[i]);
  return sum / a.data.length;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
