import { topologicalOrder } from '../../server/graph/graph.ts';
import type { Attributes, OpName, Value } from '../../server/graph/value.ts';
import { at, broadcastAt, broadcastShape, elements, generate, type NdArray } from './nd-array.ts';
import * as images from './reference-images.ts';

/**
 * What every operation means, as naively as it can be written, in double precision. Shapes are worked out here again
 * rather than taken from the graph, so that the graph's shape rules are checked as well.
 */
type Reference<K extends OpName> = (inputs: readonly NdArray[], attributes: Attributes[K]) => NdArray;

const unary =
  (f: (x: number) => number) =>
  ([x]: readonly NdArray[]): NdArray => ({ shape: x.shape, data: x.data.map(f) });

const binary =
  (f: (a: number, b: number) => number) =>
  ([a, b]: readonly NdArray[]): NdArray =>
    generate(broadcastShape(a.shape, b.shape), (i) => f(broadcastAt(a, i), broadcastAt(b, i)));

const references: { [K in Exclude<OpName, 'Input' | 'Constant'>]: Reference<K> } = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Abs: unary(Math.abs),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((x) => 1 / x),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tanh: unary(Math.tanh),
  Relu: unary((x) => Math.max(x, 0)),
  LeakyRelu: ([x], { alpha }) => unary((v) => (v > 0 ? v : alpha * v))([x]),
  Clip: ([x], { min, max }) => unary((v) => Math.min(Math.max(v, min), max))([x]),
  HardSigmoid: ([x], { alpha, beta }) => unary((v) => Math.min(Math.max(alpha * v + beta, 0), 1))([x]),
  MatMul: ([a, b]) => {
    const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const [m, k] = a.shape.slice(-2);
    return generate([...batch, m, b.shape[b.shape.length - 1]], (index) => {
      const lead = index.slice(0, -2);
      const [row, column] = index.slice(-2);
      let sum = 0;
      for (let i = 0; i < k; i++) sum += broadcastAt(a, [...lead, row, i]) * broadcastAt(b, [...lead, i, column]);
      return sum;
    });
  },
  Transpose: ([x], { perm }) =>
    generate(
      perm.map((axis) => x.shape[axis]),
      (index) => at(x, ...x.shape.map((_, axis) => index[perm.indexOf(axis)])),
    ),
  Reshape: ([x], { shape }) => ({ shape, data: x.data }),
  Expand: ([x], { shape }) => generate(shape, (index) => broadcastAt(x, index)),
  Concat: (inputs, { axis }) => {
    const total = inputs.reduce((sum, x) => sum + x.shape[axis], 0);
    return generate(
      inputs[0].shape.map((size, i) => (i === axis ? total : size)),
      (index) => {
        let place = index[axis];
        const source = inputs.find((x) => {
          if (place < x.shape[axis]) return true;
          place -= x.shape[axis];
          return false;
        }) as NdArray;
        return at(source, ...index.map((i, k) => (k === axis ? place : i)));
      },
    );
  },
  Slice: ([x], { starts, ends, steps }) => {
    const picked = x.shape.map((_, axis) => {
      const places: number[] = [];
      for (let i = starts[axis]; i < ends[axis]; i += steps[axis]) places.push(i);
      return places;
    });
    return generate(
      picked.map((places) => places.length),
      (index) => at(x, ...index.map((i, axis) => picked[axis][i])),
    );
  },
  Flip: ([x], { axes }) =>
    generate(x.shape, (index) => at(x, ...index.map((i, axis) => (axes.includes(axis) ? x.shape[axis] - 1 - i : i)))),
  Pad: ([x], { before, after, value }) =>
    generate(
      x.shape.map((size, axis) => before[axis] + size + after[axis]),
      (index) => {
        const source = index.map((i, axis) => i - before[axis]);
        return source.every((i, axis) => i >= 0 && i < x.shape[axis]) ? at(x, ...source) : value;
      },
    ),
  ReduceSum: ([x], { axes }) => {
    const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const over = x.shape.map((size, axis) => (axes.includes(axis) ? size : 1));
    return generate(shape, (index) => {
      const terms = generate(over, (step) => at(x, ...index.map((i, axis) => i + step[axis])));
      return terms.data.reduce((a, b) => a + b, 0);
    });
  },
  Conv: images.conv,
  ConvTranspose: images.convTranspose,
  MaxPool: images.maxPool,
  AveragePool: images.averagePool,
  UpsampleNearest: images.upsampleNearest,
  SpaceToDepth: images.spaceToDepth,
  DepthToSpace: images.depthToSpace,
};

export type Feeds = Readonly<Record<string, ArrayLike<number>>>;

/** Evaluates values of a graph from the numbers fed to its inputs. */
export function evaluate(values: readonly Value[], feeds: Feeds): NdArray[] {
  const results = new Map<Value, NdArray>();
  for (const value of topologicalOrder(values)) {
    results.set(
      value,
      meaning(
        value,
        value.inputs.map((x) => results.get(x) as NdArray),
        feeds,
      ),
    );
  }
  return values.map((value) => results.get(value) as NdArray);
}

function meaning(value: Value, inputs: readonly NdArray[], feeds: Feeds): NdArray {
  if (value.op === 'Input') return leaf(value.shape, feeds[value.attributes.name]);
  if (value.op === 'Constant') return leaf(value.shape, value.attributes.data);
  return (references[value.op] as Reference<OpName>)(inputs, value.attributes as never);
}

function leaf(shape: readonly number[], data: ArrayLike<number>): NdArray {
  if (data.length !== elements(shape)) throw new Error(`${data.length} numbers for [${shape}]`);
  return { shape, data: Float64Array.from(data) };
}
