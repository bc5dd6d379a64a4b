import { describe, expect, test } from 'vitest';
import {
  add,
  averagePool,
  concat,
  constant,
  expand,
  filled,
  input,
  mul,
  pad,
  reduceSum,
  reshape,
  scalar,
  slice,
  sub,
  transpose,
  upsampleNearest,
} from '../../server/graph/ops.ts';
import { GraphError } from '../../server/graph/value.ts';

const x = input('x', [2, 3]);

describe('work that changes nothing is not done', () => {
  test.each([
    ['transposing nothing', transpose(x, [0, 1])],
    ['reshaping to the same shape', reshape(x, [2, 3])],
    ['expanding to the same shape', expand(x, [2, 3])],
    ['concatenating one value', concat([x], 0)],
    ['slicing everything', slice(x, 1, 0, 3)],
    ['padding by nothing', pad(x, [0, 0], [0, 0], 5)],
    ['summing over no axis', reduceSum(x, [])],
    ['multiplying by one', mul(x, 1)],
    ['multiplying one', mul(scalar(1), x)],
  ])('%s', (_, y) => expect(y).toBe(x));

  test('pooling and enlarging by 1, summing an axis of size 1', () => {
    const image = input('i', [1, 2, 2, 2]);
    expect(averagePool(image, 1)).toBe(image);
    expect(upsampleNearest(image, 1)).toBe(image);
    expect(reduceSum(image, [0])).toBe(image);
  });

  test('but one of a larger shape still broadcasts', () => {
    expect(mul(x, filled([4, 1, 1], 1)).shape).toEqual([4, 2, 3]);
  });
});

describe('an expanded operand', () => {
  const row = input('row', [1, 3]);

  test('is not materialised where the other one has the full shape', () => {
    expect(add(x, expand(row, [2, 3])).inputs).toEqual([x, row]);
    expect(sub(expand(row, [2, 3]), x).inputs).toEqual([row, x]);
  });

  test('is where it gives the result its shape', () => {
    const wide = expand(row, [2, 3]);
    expect(add(wide, 1)).toMatchObject({ shape: [2, 3], inputs: [wide, { op: 'Constant' }] });
    expect(add(wide, wide)).toMatchObject({ shape: [2, 3], inputs: [wide, wide] });
  });
});

test('a constant has as many numbers as its shape', () => {
  expect(() => constant(new Float32Array(5), [2, 3])).toThrow(GraphError);
  expect(scalar(2)).toMatchObject({ shape: [], attributes: { data: Float32Array.of(2) } });
});
