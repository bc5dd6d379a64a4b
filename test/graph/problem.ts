import { gradients } from '../../server/graph/gradients.ts';
import type { Graph } from '../../server/graph/graph.ts';
import { input, mul, reduceSum, reshape } from '../../server/graph/ops.ts';
import type { Value } from '../../server/graph/value.ts';
import { elements, type NdArray } from './nd-array.ts';
import { distinct, weights } from './numbers.ts';
import type { OpCase } from './op-cases.ts';
import { evaluate } from './reference.ts';

/** A case of the table as something to run: its result, its gradients, what to feed and what must come out. */
export interface Problem {
  readonly graph: Graph;
  readonly feeds: Readonly<Record<string, Float32Array>>;
  /** By output: `y` from the naive reference, `d.<input>` from finite differences of it. */
  readonly expected: () => Readonly<Record<string, NdArray>>;
}

/** The names of inputs and outputs begin with `prefix`, so that several problems can share one graph. */
export function problemOf(opCase: OpCase, prefix = ''): Problem {
  const inputs = opCase.inputs.map((spec, i) => {
    const { shape, range } = 'shape' in spec ? spec : { shape: spec, range: [-2, 2] as const };
    return { value: input(`${prefix}x${i}`, shape), data: distinct(elements(shape), 11 + i, ...range) };
  });
  const values = inputs.map(({ value }) => value);
  const feeds = Object.fromEntries(inputs.map(({ value, data }) => [value.attributes.name, data]));
  const y = opCase.build(...values);
  const loss = weightedSum(y);
  const outputs: Record<string, Value> = { [`${prefix}y`]: y };
  const slopes = gradients(loss, values);
  for (const [i, { attributes }] of values.entries()) outputs[derivative(prefix, attributes.name)] = slopes[i];
  const expected = () => {
    const results: Record<string, NdArray> = { [`${prefix}y`]: evaluate([y], feeds)[0] };
    for (const { attributes } of values) {
      results[derivative(prefix, attributes.name)] = finiteDifferences(loss, attributes.name, feeds);
    }
    return results;
  };
  return { graph: { outputs }, feeds, expected };
}

/** Several problems as one graph, which costs a runtime one compilation. */
export const together = (problems: readonly Problem[]): Pick<Problem, 'graph' | 'feeds'> => ({
  graph: { outputs: Object.assign({}, ...problems.map((p) => p.graph.outputs)) },
  feeds: Object.assign({}, ...problems.map((p) => p.feeds)),
});

/** A scalar that depends on every element of y, and on each differently. */
export const weightedSum = (y: Value): Value =>
  reshape(
    reduceSum(
      mul(y, weights(y.shape, 3)),
      y.shape.map((_, axis) => axis),
    ),
    [],
  );

/** Central differences of a scalar with respect to every element of one input. */
export function finiteDifferences(
  loss: Value,
  name: string,
  feeds: Readonly<Record<string, ArrayLike<number>>>,
): NdArray {
  const point = Float64Array.from(feeds[name]);
  const step = 1e-5;
  const slope = point.map((x, i) => {
    const at = (moved: number) => {
      const [result] = evaluate([loss], { ...feeds, [name]: point.with(i, moved) });
      return result.data[0];
    };
    return (at(x + step) - at(x - step)) / (2 * step);
  });
  return { shape: [slope.length], data: slope };
}

const derivative = (prefix: string, name: string): string => `${prefix}d.${name.slice(prefix.length)}`;

/** The largest difference of two arrays, relative to the largest magnitude expected (or to 1 where that is smaller). */
export function difference(actual: ArrayLike<number>, expected: NdArray): number {
  if (actual.length !== expected.data.length) return Number.POSITIVE_INFINITY;
  const scale = expected.data.reduce((max, x) => Math.max(max, Math.abs(x)), 1);
  return expected.data.reduce((worst, x, i) => {
    const error = Math.abs(actual[i] - x) / scale;
    return error <= worst ? worst : Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }, 0);
}
