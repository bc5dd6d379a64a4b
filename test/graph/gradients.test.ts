import { describe, expect, test } from 'vitest';
import { gradients } from '../../server/graph/gradients.ts';
import { topologicalOrder } from '../../server/graph/graph.ts';
import {
  add,
  constant,
  conv,
  convTranspose,
  div,
  expand,
  input,
  leakyRelu,
  matMul,
  meanAll,
  mul,
  reduceSum,
  reshape,
  sin,
  slice,
  sqrt,
  square,
  tanh,
} from '../../server/graph/ops.ts';
import { GraphError, type Value } from '../../server/graph/value.ts';
import { elements } from './nd-array.ts';
import { distinct, weights } from './numbers.ts';
import { difference, finiteDifferences, weightedSum } from './problem.ts';
import { evaluate } from './reference.ts';

/** Compares a gradient that the graph computes with finite differences of the scalar that it is the gradient of. */
function expectGradient(loss: Value, x: Value<'Input'>, feeds: Record<string, Float32Array>): void {
  const [result] = evaluate(gradients(loss, [x]), feeds);
  expect(difference(result.data, finiteDifferences(loss, x.attributes.name, feeds))).toBeLessThan(1e-6);
}

const feed = (x: Value<'Input'>, seed = 1) => ({ [x.attributes.name]: distinct(elements(x.shape), seed) });

describe('gradients', () => {
  test('of a value used many times add up', () => {
    const x = input('x', [3]);
    const y = add(mul(x, x), mul(sin(x), add(x, mul(x, tanh(x)))));
    expectGradient(weightedSum(y), x, feed(x));
  });

  test('through diamonds on diamonds stay as small as the graph', () => {
    const x = input('x', [2]);
    let y: Value = x;
    for (let i = 0; i < 100; i++) y = mul(add(tanh(y), y), 0.5);
    const [g] = gradients(weightedSum(y), [x]);
    expect(topologicalOrder([g]).length).toBeLessThan(2_000);
    expectGradient(weightedSum(y), x, feed(x));
  });

  test('of a chain deeper than the call stack', () => {
    const x = input('x', []);
    let y: Value = x;
    for (let i = 0; i < 20_000; i++) y = add(y, 1e-6);
    const [result] = evaluate(gradients(y, [x]), { x: [0.3] });
    expect(result.data[0]).toBe(1);
  });

  test('with respect to a value in the middle treat it as a variable of its own', () => {
    const x = input('x', [2]);
    const middle = mul(x, 3);
    const loss = reshape(reduceSum(square(middle), [0]), []);
    const [gx, gm] = evaluate(gradients(loss, [x, middle]), { x: [1, -2] });
    expect([...gm.data]).toEqual([6, -12]);
    expect([...gx.data]).toEqual([18, -36]);
  });

  test('of the loss itself is one, of what it does not depend on zeros of the right shape', () => {
    const x = input('x', [1, 1]);
    const unrelated = input('u', [2, 3]);
    const [gx, gu] = gradients(x, [x, unrelated]);
    expect(evaluate([gx, gu], {})).toEqual([
      { shape: [1, 1], data: Float64Array.of(1) },
      { shape: [2, 3], data: new Float64Array(6) },
    ]);
  });

  test('of the same value asked twice are the same value', () => {
    const x = input('x', []);
    const [a, b] = gradients(square(x), [x, x]);
    expect(a).toBe(b);
  });

  test('do not differentiate what does not lead to the variables', () => {
    const x = input('x', [2]);
    const other = input('other', [2]);
    const [g] = gradients(weightedSum(mul(tanh(sin(other)), x)), [x]);
    expect(topologicalOrder([g]).some((v) => v.op === 'Cos')).toBe(false);
  });

  test('exist of scalars only', () => {
    const x = input('x', [2]);
    expect(() => gradients(x, [x])).toThrow(GraphError);
  });

  test('of convolution weights are refused rather than wrong', () => {
    const w = input('w', [1, 1, 3, 3]);
    const x = constant(distinct(16, 1), [1, 1, 4, 4]);
    expect(() => gradients(weightedSum(conv(x, w)), [w])).toThrow(GraphError);
    expect(() => gradients(weightedSum(convTranspose(x, w)), [w])).toThrow(GraphError);
  });
});

describe('gradients of gradients', () => {
  const penalty = (y: Value, x: Value): Value => {
    const [g] = gradients(weightedSum(y), [x]);
    return meanAll(square(g));
  };

  test.each([
    ['elementwise', [3], (x: Value) => mul(tanh(x), sin(add(x, square(x))))],
    ['quotient and root', [3], (x: Value) => div(x, sqrt(add(square(x), 1)))],
    ['broadcast and sums', [2, 3], (x: Value) => mul(expand(reduceSum(square(x), [1]), [2, 3]), tanh(x))],
    ['matrices', [2, 3], (x: Value) => tanh(matMul(square(x), weights([3, 2])))],
    ['slices', [6], (x: Value) => mul(slice(square(x), 0, 0, 5, 2), slice(tanh(x), 0, 1, 6, 2))],
    ['a kink', [5], (x: Value) => square(leakyRelu(mul(x, x), 0.2))],
    ['convolution', [1, 2, 4, 4], (x: Value) => tanh(conv(square(x), weights([2, 2, 3, 3]), { pads: 1 }))],
    ['strided convolution, odd', [1, 1, 6, 5], (x: Value) => tanh(conv(x, weights([1, 1, 3, 3]), { stride: 2 }))],
    ['transposed', [1, 1, 3, 3], (x: Value) => tanh(convTranspose(x, weights([1, 1, 3, 3]), { stride: 2 }))],
  ] as const)('%s', (_, shape, f) => {
    const x = input('x', shape);
    expectGradient(penalty(f(x), x), x, feed(x));
  });
});
