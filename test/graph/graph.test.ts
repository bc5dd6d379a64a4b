import { describe, expect, test } from 'vitest';
import { graphInputs, topologicalOrder } from '../../server/graph/graph.ts';
import { add, input, mul, tanh } from '../../server/graph/ops.ts';
import { GraphError, type Value } from '../../server/graph/value.ts';
import { random } from './numbers.ts';

const expectOrder = (order: readonly Value[]): void => {
  const seen = new Set<Value>();
  for (const value of order) {
    expect(seen.has(value)).toBe(false);
    if (!value.inputs.every((x) => seen.has(x))) expect.fail('an operand comes after its use');
    seen.add(value);
  }
};

describe('topological order', () => {
  test('of a chain deeper than the call stack', () => {
    let x: Value = input('x', [1]);
    for (let i = 0; i < 100_000; i++) x = tanh(x);
    const order = topologicalOrder([x]);
    expect(order).toHaveLength(100_001);
    expect(order[0].op).toBe('Input');
    expect(order[100_000]).toBe(x);
    expectOrder(order);
  });

  test('of diamonds on diamonds visits each value once, though paths double at each', () => {
    let x: Value = input('x', [1]);
    for (let i = 0; i < 1_000; i++) x = add(tanh(x), x);
    const order = topologicalOrder([x]);
    expect(order).toHaveLength(2_001);
    expectOrder(order);
  });

  test('of roots that contain each other', () => {
    const x = input('x', [1]);
    const y = tanh(x);
    const z = mul(y, y);
    expect(topologicalOrder([z, x, y, z])).toEqual([x, y, z]);
  });

  test('of random graphs', () => {
    const next = random(5);
    const values: Value[] = [input('a', [1]), input('b', [1])];
    const any = () => values[Math.floor(next() * values.length)];
    for (let i = 0; i < 500; i++) values.push(add(any(), any()));
    const order = topologicalOrder([any(), any(), values[values.length - 1]]);
    expectOrder(order);
    expect(order).toContain(values[values.length - 1]);
  });
});

describe('inputs of a graph', () => {
  test('are found once each, by name, in the order of their use', () => {
    const a = input('a', [2]);
    const b = input('b', [2]);
    const inputs = graphInputs({ outputs: { y: add(b, a), z: mul(a, b) } });
    expect([...inputs]).toEqual([
      ['b', b],
      ['a', a],
    ]);
  });

  test('may not share a name with another input or with an output', () => {
    const y = add(input('a', [2]), input('a', [2]));
    expect(() => graphInputs({ outputs: { y } })).toThrow(GraphError);
    expect(() => graphInputs({ outputs: { x: tanh(input('x', [2])) } })).toThrow(GraphError);
  });
});
