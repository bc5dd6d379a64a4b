import { resized } from '../image/resize.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { sampleQuad } from '../image/sample.ts';
import { sharp } from '../image/sharp.ts';
import { mapPoints, type Point, type Quad, sideOf } from './align.ts';

/**
 * Cuts an aligned face out of a photograph as FFHQ was made (Karras, Laine and Aila 2019, appendix C): where the square
 * reaches over the photograph's edge, the picture goes on mirrored, ever more blurred and at last in its median colour.
 *
 * @param quad the square in pixels of the photograph, see `alignmentQuad`
 * @param size sides of the result in pixels
 */
export async function cropFace(image: RgbImage, quad: Quad, size: number): Promise<RgbImage> {
  const shrunk = await shrink(image, quad, size);
  const cut = cutOut(shrunk.image, shrunk.quad);
  const whole = await goOn(cut);
  // Turned at about its own resolution first, then reduced by a filter that keeps what is sharp.
  const fine = Math.round(Math.max(2 * size, Math.min(4 * size, sideOf(whole.quad))));
  return resized(sampleQuad(whole.image, whole.quad, fine), size, size);
}

interface Part {
  readonly image: RgbImage;
  readonly quad: Quad;
}

/** Faces far larger than needed are reduced first, by whole numbers. */
async function shrink(image: RgbImage, quad: Quad, size: number): Promise<Part> {
  const factor = Math.floor(sideOf(quad) / size / 2);
  if (factor <= 1) return { image, quad };
  const width = Math.max(1, Math.round(image.width / factor));
  const height = Math.max(1, Math.round(image.height / factor));
  return { image: await resized(image, width, height), quad: mapPoints(quad, 1 / factor) };
}

/** The part of the picture around the square; a square beyond the edge keeps a strip of the picture. */
function cutOut(image: RgbImage, quad: Quad): Part {
  const border = Math.max(3, Math.round(sideOf(quad) * 0.1));
  const { left, top, right, bottom } = boundsOf(quad);
  const x0 = clamp(Math.floor(left) - border, 0, image.width - 1);
  const y0 = clamp(Math.floor(top) - border, 0, image.height - 1);
  const x1 = clamp(Math.ceil(right) + border, x0 + 1, image.width);
  const y1 = clamp(Math.ceil(bottom) + border, y0 + 1, image.height);
  const [width, height] = [x1 - x0, y1 - y0];
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const from = 3 * ((y0 + y) * image.width + x0);
    data.set(image.data.subarray(from, from + 3 * width), 3 * y * width);
  }
  return { image: { width, height, data }, quad: mapPoints(quad, 1, -x0, -y0) };
}

/** Continues the picture over its edges where the square reaches beyond them. */
async function goOn({ image, quad }: Part): Promise<Part> {
  const side = sideOf(quad);
  const border = Math.max(3, Math.round(side * 0.1));
  const { left, top, right, bottom } = boundsOf(quad);
  const over = [-Math.floor(left), -Math.floor(top), Math.ceil(right) - image.width, Math.ceil(bottom) - image.height];
  const reach = over.map((n) => Math.max(0, n + border));
  if (Math.max(...reach) <= border - 4) return { image, quad };
  const pads = reach.map((n) => Math.max(n, Math.round(side * 0.3)));
  const [padLeft, padTop, padRight, padBottom] = pads;
  const width = image.width + padLeft + padRight;
  const height = image.height + padTop + padBottom;
  const mirrored = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
    .extend({ left: padLeft, top: padTop, right: padRight, bottom: padBottom, extendWith: 'mirror' })
    .raw()
    .toBuffer();
  const blurred = await sharp(mirrored, { raw: { width, height, channels: 3 } })
    .blur(Math.max(0.3, side * 0.02))
    .raw()
    .toBuffer();
  const data = fadeOut(mirrored, blurred, width, height, pads);
  return { image: { width, height, data }, quad: mapPoints(quad, 1, padLeft, padTop) };
}

/** Mixes the mirrored border with its blur, and further out with the median colour. */
function fadeOut(
  sharpPart: Buffer,
  blurred: Buffer,
  width: number,
  height: number,
  pads: readonly number[],
): Uint8Array {
  const [left, top, right, bottom] = pads;
  const median = medianColour(sharpPart);
  const out = new Uint8Array(sharpPart.length);
  for (let y = 0; y < height; y++) {
    const down = 1 - Math.min(y / top, (height - 1 - y) / bottom);
    for (let x = 0; x < width; x++) {
      const mask = Math.max(1 - Math.min(x / left, (width - 1 - x) / right), down);
      const soft = clamp(mask * 3 + 1, 0, 1);
      const plain = clamp(mask, 0, 1);
      for (let c = 0; c < 3; c++) {
        const i = 3 * (y * width + x) + c;
        const v = sharpPart[i] + (blurred[i] - sharpPart[i]) * soft;
        out[i] = v + (median[c] - v) * plain + 0.5;
      }
    }
  }
  return out;
}

function medianColour(data: Uint8Array): number[] {
  return [0, 1, 2].map((c) => {
    const counts = new Uint32Array(256);
    for (let i = c; i < data.length; i += 3) counts[data[i]]++;
    let value = 0;
    for (let seen = counts[0]; seen < data.length / 6 && value < 255; seen += counts[value]) value++;
    return value;
  });
}

function boundsOf(quad: Quad): { left: number; top: number; right: number; bottom: number } {
  const xs = quad.map(([x]: Point) => x);
  const ys = quad.map(([, y]: Point) => y);
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

const clamp = (v: number, min: number, max: number): number => Math.max(min, Math.min(max, v));
