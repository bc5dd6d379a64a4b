import { concat, constant, conv, convTranspose, pad2d, slice } from '../graph/ops.ts';
import type { Pads, Shape, Value } from '../graph/value.ts';

/**
 * StyleGAN's FIR resampling (upfirdn2d of the public code: insert zeros, pad, filter, keep every n-th), written with the
 * convolutions that run fast.
 */
export interface Filter {
  /** [size, size], summing to 1. */
  readonly taps: Float32Array;
  readonly size: number;
}

/** A separable filter from its one-dimensional taps, normalised: [1, 3, 3, 1] is StyleGAN2's. */
export function separableFilter(taps: readonly number[]): Filter {
  const sum = taps.reduce((a, b) => a + b, 0);
  const size = taps.length;
  const data = Float32Array.from(
    { length: size * size },
    (_, i) => (taps[Math.floor(i / size)] * taps[i % size]) / sum ** 2,
  );
  return { taps: data, size };
}

/** Filters every channel: padded (cropped where negative), a true convolution (the filter is flipped). */
export function blur(x: Value, filter: Filter, [top, left, bottom, right]: Pads, gain = 1): Value {
  const flipped = filter.taps.slice().reverse();
  const rows = slice(x, 2, Math.max(0, -top), x.shape[2] - Math.max(0, -bottom));
  const cropped = slice(rows, 3, Math.max(0, -left), x.shape[3] - Math.max(0, -right));
  const pads: Pads = [Math.max(0, top), Math.max(0, left), Math.max(0, bottom), Math.max(0, right)];
  return conv(cropped, depthwise(flipped, filter.size, x.shape, gain), { pads, group: x.shape[1] });
}

/** Doubles the size: upfirdn2d.upsample2d of the public code. x [N, C, H, W] -> [N, C, 2H, 2W]. */
export function upsample2(x: Value, filter: Filter): Value {
  const { size, taps } = filter;
  const [, channels, height, width] = x.shape;
  const weight = depthwise(taps, size, x.shape, 4);
  // The full transposed convolution is 2H - 2 + size high; upfirdn2d starts `before` rows into it.
  const before = size - 1 - Math.floor((size + 1) / 2);
  const surplus = size - 2 - before;
  if (before >= 0 && surplus >= 0) {
    return convTranspose(x, weight, { stride: 2, group: channels, pads: [before, before, surplus, surplus] });
  }
  // Filters of one tap: the zeros around the outermost pixels are part of the picture.
  const [lead, trail] = [Math.max(0, -before), Math.max(0, -surplus)];
  const full = pad2d(convTranspose(x, weight, { stride: 2, group: channels }), [lead, lead, trail, trail]);
  return slice(slice(full, 2, 0, 2 * height), 3, 0, 2 * width);
}

/** Doubles the size bilinearly, as PyTorch's `interpolate` without aligned corners. x [N, C, H, W] -> [N, C, 2H, 2W]. */
export function upsampleBilinear(x: Value): Value {
  const [, , height, width] = x.shape;
  const ringed = edgeRepeated(edgeRepeated(x, 2), 3);
  const full = upsample2(ringed, separableFilter([1, 3, 3, 1]));
  return slice(slice(full, 2, 2, 2 * height + 2), 3, 2, 2 * width + 2);
}

/** The first and last row (or column) once more. */
const edgeRepeated = (x: Value, axis: 2 | 3): Value => {
  const size = x.shape[axis];
  return concat([slice(x, axis, 0, 1), x, slice(x, axis, size - 1, size)], axis);
};

/** The filter as depthwise weights [C, 1, size, size]. */
function depthwise(taps: Float32Array, size: number, shape: Shape, gain: number): Value {
  const channels = shape[1];
  const data = new Float32Array(channels * taps.length);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < taps.length; i++) data[c * taps.length + i] = taps[i] * gain;
  }
  return constant(data, [channels, 1, size, size]);
}
