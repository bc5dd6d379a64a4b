import { clip, constant, convTranspose, leakyRelu, mul, pad2d, slice } from '../graph/ops.ts';
import { makeValue, type Value } from '../graph/value.ts';

/** A filter of [taps] for rows and columns in turn, or of [taps, taps] at once. */
export interface FirFilter {
  readonly taps: Float32Array;
  readonly isSeparable: boolean;
}

export interface FilteredLreluOptions {
  readonly up: number;
  readonly down: number;
  /** None where the size stays. */
  readonly upFilter?: FirFilter;
  readonly downFilter?: FirFilter;
  readonly padding: readonly [before: number, after: number];
  readonly slope: number;
  readonly gain: number;
  readonly clamp: number | null;
}

/**
 * A leaky ReLU at a higher sampling rate: up-sampling with a low-pass filter, activation, low-pass filter,
 * down-sampling (filtered_lrelu of the public code, without its bias), in depthwise convolutions.
 */
export function filteredLrelu(x: Value, options: FilteredLreluOptions): Value {
  const { slope, gain, clamp, down, downFilter } = options;
  let y = upsample(x, options);
  y = slope === 1 ? mul(y, gain) : mul(leakyRelu(y, slope), gain);
  if (clamp !== null) y = clip(y, -clamp, clamp);
  return downFilter ? downsample(y, downFilter, down) : decimate(y, down);
}

function upsample(x: Value, { up, upFilter, padding: [before, after] }: FilteredLreluOptions): Value {
  const filter = upFilter ?? { taps: Float32Array.of(1), isSeparable: true };
  const size = filter.isSeparable ? filter.taps.length : Math.sqrt(filter.taps.length);
  // The transposed convolution begins `size - 1` rows before the first pixel and ends where the last pixel's filter does.
  const start = size - 1 - before;
  const side = (length: number) => length * up + before + after - size + 1;
  let y = x;
  if (filter.isSeparable) {
    for (const axis of [2, 3] as const) {
      y = within(spread(y, scaled(filter.taps, up), axis, up), axis, start, side(x.shape[axis]));
    }
    return y;
  }
  const weight = depthwise(scaled(filter.taps, up * up), x.shape[1], size, size);
  y = convTranspose(x, weight, { stride: up, group: x.shape[1] });
  return within(within(y, 2, start, side(x.shape[2])), 3, start, side(x.shape[3]));
}

/** Zeros between the pixels along one axis, then the filter. */
function spread(x: Value, taps: Float32Array, axis: 2 | 3, step: number): Value {
  if (taps.length === 1 && step === 1) return mul(x, taps[0]);
  const isRows = axis === 2;
  const weight = depthwise(taps, x.shape[1], isRows ? taps.length : 1, isRows ? 1 : taps.length);
  return makeValue('ConvTranspose', [x, weight], {
    stride: isRows ? [step, 1] : [1, step],
    pads: [0, 0, 0, 0],
    outputPadding: [0, 0],
    group: x.shape[1],
  });
}

/** Rows (or columns) start .. start + length, zeros where there are none. */
function within(x: Value, axis: 2 | 3, start: number, length: number): Value {
  const before = Math.max(0, -start);
  const after = Math.max(0, start + length - x.shape[axis]);
  const padded = pad2d(x, axis === 2 ? [before, 0, after, 0] : [0, before, 0, after]);
  return slice(padded, axis, start + before, start + before + length);
}

function downsample(x: Value, filter: FirFilter, down: number): Value {
  // A true convolution: the taps run backwards.
  const taps = filter.taps.slice().reverse();
  const group = x.shape[1];
  const pads = [0, 0, 0, 0] as const;
  if (!filter.isSeparable) {
    const size = Math.sqrt(taps.length);
    return makeValue('Conv', [x, depthwise(taps, group, size, size)], { stride: [down, down], pads, group });
  }
  const size = taps.length;
  const rows = makeValue('Conv', [x, depthwise(taps, group, size, 1)], { stride: [down, 1], pads, group });
  return makeValue('Conv', [rows, depthwise(taps, group, 1, size)], { stride: [1, down], pads, group });
}

const decimate = (x: Value, step: number): Value => slice(slice(x, 2, 0, x.shape[2], step), 3, 0, x.shape[3], step);

const scaled = (taps: Float32Array, factor: number): Float32Array => taps.map((x) => x * factor);

/** The filter for each of the channels, [C, 1, height, width]. */
function depthwise(taps: Float32Array, channels: number, height: number, width: number): Value {
  const data = new Float32Array(channels * taps.length);
  for (let c = 0; c < channels; c++) data.set(taps, c * taps.length);
  return constant(data, [channels, 1, height, width]);
}
