import type { RgbImage } from '../image/rgb-image.ts';
import { sharp } from '../image/sharp.ts';

/** Pixels to add at each edge. */
export interface Pads {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Continues a picture over its edges: mirrored, then ever more blurred, at last in the picture's median colour, so that
 * a face at the edge gets a surrounding that nobody looks at. The way of FFHQ (Karras, Laine and Aila 2019).
 *
 * @param blur standard deviation of the Gaussian blur in pixels.
 * @returns [height + top + bottom, width + left + right] pixels.
 */
export async function continuePicture(image: RgbImage, pads: Pads, blur: number): Promise<RgbImage> {
  const width = image.width + pads.left + pads.right;
  const height = image.height + pads.top + pads.bottom;
  const mirrored = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
    .extend({ ...pads, extendWith: 'mirror' })
    .raw()
    .toBuffer();
  const blurred = await sharp(mirrored, { raw: { width, height, channels: 3 } })
    .blur(Math.max(0.3, blur))
    .raw()
    .toBuffer();
  return { width, height, data: fade({ width, height, data: mirrored }, blurred, pads) };
}

/**
 * Blends the mirrored picture into its blur and that into the median. How far out a pixel lies: 1 at the new edge, 0 at
 * the old one, negative inside. The blur begins a third of a pad's width inside of the old edge and is whole at it.
 */
function fade(mirrored: RgbImage, blurred: Uint8Array, pads: Pads): Uint8Array {
  const { width, height, data } = mirrored;
  const median = medianColour(data);
  const across = farOut(width, pads.left, pads.right);
  const down = farOut(height, pads.top, pads.bottom);
  const out = new Uint8Array(data.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const far = Math.max(across[x], down[y]);
      const soft = Math.min(1, Math.max(0, 3 * far + 1));
      const plain = Math.min(1, Math.max(0, far));
      for (let c = 0; c < 3; c++, i++) {
        const value = data[i] + (blurred[i] - data[i]) * soft;
        out[i] = value + (median[c] - value) * plain + 0.5;
      }
    }
  }
  return out;
}

function farOut(length: number, before: number, after: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => 1 - Math.min(i / before, (length - 1 - i) / after));
}

function medianColour(data: Uint8Array): number[] {
  return [0, 1, 2].map((c) => {
    const counts = new Uint32Array(256);
    for (let i = c; i < data.length; i += 3) counts[data[i]]++;
    let seen = 0;
    return counts.findIndex((count) => {
      seen += count;
      return 2 * seen >= data.length / 3;
    });
  });
}
