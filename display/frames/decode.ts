import type { Frame } from '../../server/protocol/frame.ts';

/** No wall needs more; a larger picture would only eat memory. */
const longestSide = 4_096;

/**
 * Turns a frame into pixels, off the main thread when called in a worker. Values stay as they were sent: no colour
 * management between the network's output and the wall. Rejects what is broken, too large, or not what its header says.
 */
export async function decodeToBitmap({ header, payload }: Frame): Promise<ImageBitmap> {
  const { width, height, encoding } = header;
  if (Math.max(width, height) > longestSide) throw new RangeError(`${width} x ${height} px is too large.`);
  const source =
    encoding === 'rgb'
      ? expandRgb(payload, width, height)
      : new Blob([payload as Uint8Array<ArrayBuffer>], { type: `image/${encoding}` });
  const bitmap = await createImageBitmap(source, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  if (bitmap.width === width && bitmap.height === height) return bitmap;
  bitmap.close();
  throw new RangeError('The picture is not of the size its header says.');
}

let scratch: ImageData | null = null;

/** [H, W, 3] to [H, W, 4] in one buffer that is used again: decoding copies it. */
function expandRgb(rgb: Uint8Array, width: number, height: number): ImageData {
  if (scratch?.width !== width || scratch.height !== height) scratch = new ImageData(width, height);
  const { data } = scratch;
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    data[to] = rgb[from];
    data[to + 1] = rgb[from + 1];
    data[to + 2] = rgb[from + 2];
    data[to + 3] = 255;
  }
  return scratch;
}
