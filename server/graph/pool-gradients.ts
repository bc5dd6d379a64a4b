import { add, hardSigmoid, mul, pad, pad2d, reshape, slice, sub, upsampleNearest } from './ops.ts';
import type { Value } from './value.ts';

/**
 * Gradient of max pooling: every element that equals its window's maximum receives the window's gradient. Where several
 * are equal all of them do; behind a ReLU, where ties are zeros, its own mask removes them.
 */
export function maxPoolGradient(y: Value<'MaxPool'>, g: Value): Value {
  const [x] = y.inputs;
  const { kernel, stride } = y.attributes;
  const [, , height, width] = x.shape;
  const [, , rows, cols] = y.shape;
  if (kernel === stride && rows * stride === height && cols * stride === width) {
    return mul(upsampleNearest(g, stride), isMaximum(x, upsampleNearest(y, stride)));
  }
  // Overlapping windows: one strided view of x for each place in the window.
  const reach = (n: number) => (n - 1) * stride + kernel;
  const bottom = Math.max(0, reach(rows) - height);
  const right = Math.max(0, reach(cols) - width);
  const padded = pad2d(x, [0, 0, bottom, right], -1e30);
  let sum: Value | undefined;
  for (let i = 0; i < kernel; i++) {
    for (let j = 0; j < kernel; j++) {
      const view = slice(
        slice(padded, 2, i, i + (rows - 1) * stride + 1, stride),
        3,
        j,
        j + (cols - 1) * stride + 1,
        stride,
      );
      const share = scatter(mul(g, isMaximum(view, y)), i, j, stride, padded.shape);
      sum = sum === undefined ? share : add(sum, share);
    }
  }
  return slice(slice(sum as Value, 2, 0, height), 3, 0, width);
}

/** 1 where x equals the maximum m >= x, otherwise 0. Subtracts before it scales: 1e30 * x + 1 would lose the 1. */
const isMaximum = (x: Value, m: Value): Value => hardSigmoid(sub(x, m), 1e30, 1);

/** Puts the pixels of v at rows i, i + stride, ... and columns j, j + stride, ... of an image of zeros. */
function scatter(v: Value, i: number, j: number, stride: number, shape: readonly number[]): Value {
  const [, , rows, cols] = v.shape;
  const dense = zeroInsert(v, [1, 1, stride, stride]);
  const height = Math.min(rows * stride, shape[2] - i);
  const width = Math.min(cols * stride, shape[3] - j);
  const cut = slice(slice(dense, 2, 0, height), 3, 0, width);
  return pad2d(cut, [i, j, shape[2] - i - height, shape[3] - j - width]);
}

/** Follows every element along each axis by steps[axis] - 1 zeros. */
export function zeroInsert(v: Value, steps: readonly number[]): Value {
  return v.shape.reduce((x, d, axis) => {
    const step = steps[axis];
    if (step === 1) return x;
    const split = [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)];
    const zeros = split.map((_, i) => (i === axis + 1 ? step - 1 : 0));
    const apart = pad(
      reshape(x, split),
      split.map(() => 0),
      zeros,
    );
    return reshape(apart, [...x.shape.slice(0, axis), d * step, ...x.shape.slice(axis + 1)]);
  }, v);
}
