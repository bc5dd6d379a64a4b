/** An 8-bit sRGB picture, rows from the top, interleaved: data is [height, width, 3]. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** [H, W, 3] bytes -> [1, 3, H, W] in -1..1, the range StyleGAN's generators speak. */
export function toTensor(image: RgbImage): Float32Array {
  const { width, height, data } = image;
  const plane = width * height;
  const out = new Float32Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) out[c * plane + i] = data[3 * i + c] / 127.5 - 1;
  }
  return out;
}

/**
 * [1, 3, H, W] in -1..1 (clamped) -> [H, W, 3] bytes. `offset` is the first float of the picture inside a batch.
 * Rounds as the public StyleGAN2-ADA code does: floor(x * 127.5 + 128).
 */
export function fromTensor(tensor: Float32Array, width: number, height: number, offset = 0): RgbImage {
  const plane = width * height;
  const data = new Uint8Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) {
      data[3 * i + c] = Math.max(0, Math.min(255, tensor[offset + c * plane + i] * 127.5 + 128));
    }
  }
  return { width, height, data };
}
