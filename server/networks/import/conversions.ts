import { transposed } from '../layers.ts';
import type { Conversion } from './mapped-tensors.ts';

const same = (shape: readonly number[]): readonly number[] => shape;
const untouched = (data: Float32Array): Float32Array => data;

/** Leaves out the first `count` dimensions, which are of size 1. */
export const withoutLeading = (count: number): Conversion => ({ shape: (s) => s.slice(count), data: untouched });

/** Leaves out every dimension. */
export const toScalar: Conversion = { shape: () => [], data: untouched };

/** A list of all values. */
export const flat: Conversion = { shape: (s) => [s.reduce((a, b) => a * b, 1)], data: untouched };

/** [inputs, outputs] -> [outputs, inputs]. */
export const matrix: Conversion = { shape: ([i, o]) => [o, i], data: (d, [i, o]) => transposed(d, i, o) };

/** Times a number. */
export const scaled = (factor: number): Conversion => ({ shape: same, data: (d) => d.map((x) => x * factor) });

/** Plus a number on the first `part` of all values. */
export const raised = (by: number, part = 1): Conversion => ({
  shape: same,
  data: (d) => d.map((x, i) => (i < d.length * part ? x + by : x)),
});

/** TensorFlow's kernels to PyTorch's: [k, k, in, out] -> [out, in, k, k], turned by 180 degrees where asked for. */
export const kernel = (turned = false): Conversion => ({
  shape: ([kh, kw, i, o]) => [o, i, kh, kw],
  data: (data, [kh, kw, inputs, outputs]) => {
    const taps = kh * kw;
    const out = new Float32Array(data.length);
    for (let t = 0; t < taps; t++) {
      const to = turned ? taps - 1 - t : t;
      for (let i = 0; i < inputs; i++) {
        for (let o = 0; o < outputs; o++) out[(o * inputs + i) * taps + to] = data[(t * inputs + i) * outputs + o];
      }
    }
    return out;
  },
});

/** An equalised-learning-rate kernel [1, out, in, k, k] with its run-time factor multiplied in: [out, in, k, k]. */
export const equalisedKernel: Conversion = {
  shape: (s) => s.slice(1),
  data: (d, [, , i, kh, kw]) => d.map((x) => x / Math.sqrt(i * kh * kw)),
};

/** One conversion after another. */
export const both = (first: Conversion, second: Conversion): Conversion => ({
  shape: (s) => second.shape(first.shape(s)),
  data: (d, s) => second.data(first.data(d, s), first.shape(s)),
});

/** A filter of one axis to one of two: [n] -> [n, n]; others stay. */
export const outerProduct: Conversion = {
  shape: (s) => (s.length === 1 ? [s[0], s[0]] : s),
  data: (d, { length }) =>
    length === 1
      ? Float32Array.from({ length: d.length ** 2 }, (_, i) => d[Math.floor(i / d.length)] * d[i % d.length])
      : d,
};

/** Times the square root of the second dimension (inputs) and a number: weights without equalised learning rates. */
export const unequalised = (factor = 1): Conversion => ({
  shape: same,
  data: (d, [, inputs]) => d.map((x) => x * Math.sqrt(inputs) * factor),
});
