import { resized } from '../image/resize.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { sampleQuad } from '../image/sample.ts';
import { mapPoints, type Quad, sideOf } from './align.ts';
import { continuePicture } from './continue-picture.ts';

interface Part {
  readonly image: RgbImage;
  readonly quad: Quad;
}

/**
 * Cuts an aligned face out of a photograph the way FFHQ was made (Karras, Laine and Aila 2019, appendix C).
 *
 * @param quad the square in pixels of the photograph, see `alignmentQuad`; it may be turned and reach over the edges.
 * @param size sides of the result in pixels.
 */
export async function cropFace(image: RgbImage, quad: Quad, size: number): Promise<RgbImage> {
  const whole = await fillEdges(await reduce(cutAround(image, quad), size));
  // Turned at twice the result's size and then reduced, so that turning costs no sharpness.
  return resized(sampleQuad(whole.image, whole.quad, 2 * size), size, size);
}

/** Room around the square, for filters to reach into. */
const borderOf = (quad: Quad): number => Math.max(3, Math.round(0.1 * sideOf(quad)));

/** The upright part of the picture around the square; where the square lies far outside, the picture's nearest strip. */
function cutAround(image: RgbImage, quad: Quad): Part {
  const border = borderOf(quad);
  const { left, top, right, bottom } = boundsOf(quad);
  const x0 = Math.min(Math.max(left - border, 0), image.width - 1);
  const y0 = Math.min(Math.max(top - border, 0), image.height - 1);
  const x1 = Math.max(Math.min(right + border, image.width), x0 + 1);
  const y1 = Math.max(Math.min(bottom + border, image.height), y0 + 1);
  const [width, height] = [x1 - x0, y1 - y0];
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const from = 3 * ((y0 + y) * image.width + x0);
    data.set(image.data.subarray(from, from + 3 * width), 3 * y * width);
  }
  return { image: { width, height, data }, quad: mapPoints(quad, 1, -x0, -y0) };
}

/** Reduces a face that is larger than twice the result to that, by a filter that keeps what is sharp. */
async function reduce({ image, quad }: Part, size: number): Promise<Part> {
  const scale = (2 * size) / sideOf(quad);
  if (scale >= 1) return { image, quad };
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const [scaleX, scaleY] = [width / image.width, height / image.height];
  const scaled = quad.map(([x, y]) => [x * scaleX, y * scaleY]) as unknown as Quad;
  return { image: await resized(image, width, height), quad: scaled };
}

/** Continues the picture where the square comes too close to its edges or reaches over them. */
async function fillEdges({ image, quad }: Part): Promise<Part> {
  const border = borderOf(quad);
  const { left, top, right, bottom } = boundsOf(quad);
  const over = [-left, -top, right - image.width, bottom - image.height].map((reach) => Math.max(0, reach + border));
  if (Math.max(...over) <= border - 4) return { image, quad };
  const [padLeft, padTop, padRight, padBottom] = over.map((reach) => Math.max(reach, Math.round(0.3 * sideOf(quad))));
  const pads = { left: padLeft, top: padTop, right: padRight, bottom: padBottom };
  return {
    image: await continuePicture(image, pads, 0.02 * sideOf(quad)),
    quad: mapPoints(quad, 1, padLeft, padTop),
  };
}

function boundsOf(quad: Quad): { left: number; top: number; right: number; bottom: number } {
  const xs = quad.map(([x]) => x);
  const ys = quad.map(([, y]) => y);
  return {
    left: Math.floor(Math.min(...xs)),
    top: Math.floor(Math.min(...ys)),
    right: Math.ceil(Math.max(...xs)),
    bottom: Math.ceil(Math.max(...ys)),
  };
}
