import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { gradients } from '../../server/graph/gradients.ts';
import type { Graph } from '../../server/graph/graph.ts';
import { toOnnx } from '../../server/graph/onnx.ts';
import { AttributeType, DataType, onnxMessage } from '../../server/graph/onnx-schema.ts';
import { add, clip, constant, conv, filled, input, leakyRelu, mul, reshape, tanh } from '../../server/graph/ops.ts';
import type { Value } from '../../server/graph/value.ts';
import { createOnnxRuntime } from '../../server/runtime/onnxruntime.ts';
import { distinct, weights } from './numbers.ts';
import { opCases } from './op-cases.ts';
import { problemOf, weightedSum } from './problem.ts';

interface Tensor {
  name: string;
  dims: bigint[];
  dataType: number;
  rawData: Uint8Array;
}
interface Info {
  name: string;
  type: { tensorType: { elemType: number; shape: { dim: { dimValue: bigint }[] } } };
}
interface Node {
  opType: string;
  input: string[];
  output: string[];
  attribute: { name: string; type: number; f: number; i: bigint; s: Uint8Array; ints: bigint[] }[];
}
interface Model {
  irVersion: bigint;
  opsetImport: { domain: string; version: bigint }[];
  graph: { node: Node[]; initializer: Tensor[]; input: Info[]; output: Info[] };
}

const read = (graph: Graph): Model => fromBinary(onnxMessage('ModelProto'), toOnnx(graph)) as unknown as Model;
const floats = ({ rawData }: Tensor): number[] => [...new Float32Array(rawData.slice().buffer)];
const shapeOf = ({ type }: Info): number[] => type.tensorType.shape.dim.map((d) => Number(d.dimValue));
const opTypes = ({ graph }: Model): string[] => graph.node.map((n) => n.opType);

/** Names are defined before they are used, and once, as ONNX demands. */
function expectWellFormed({ graph }: Model): void {
  const known = new Set(['']);
  const define = (name: string) => {
    expect(known.has(name), `'${name}' is defined twice`).toBe(false);
    known.add(name);
  };
  for (const { name } of [...graph.input, ...graph.initializer]) define(name);
  for (const node of graph.node) {
    for (const name of node.input) expect(known.has(name), `'${name}' is used before it is defined`).toBe(true);
    for (const name of node.output) define(name);
  }
  for (const { name } of graph.output) expect(known.has(name), `output '${name}' is nothing`).toBe(true);
}

async function run(graph: Graph, feeds: Record<string, Float32Array>): Promise<Record<string, Float32Array>> {
  const runtime = await createOnnxRuntime({ provider: 'cpu' });
  const compiled = await runtime.compile(graph);
  const results = await compiled.run(feeds);
  await compiled.dispose();
  return results;
}

describe('an ONNX file', () => {
  test('holds what the graph says', () => {
    const x = input('x', [1, 2, 4, 4]);
    const w = weights([3, 2, 3, 3]);
    const model = read({ outputs: { y: leakyRelu(conv(x, w, { pads: [0, 1, 2, 3] }), 0.2) } });
    expect(model.irVersion).toBe(8n);
    expect(model.opsetImport).toMatchObject([{ domain: '', version: 17n }]);
    expect(model.graph.input.map((i) => [i.name, shapeOf(i)])).toEqual([['x', [1, 2, 4, 4]]]);
    expect(model.graph.output.map((o) => [o.name, shapeOf(o)])).toEqual([['y', [1, 3, 4, 6]]]);
    expect(model.graph.output[0].type.tensorType.elemType).toBe(DataType.FLOAT);
    expect(opTypes(model)).toEqual(['Conv', 'LeakyRelu']);
    const [convolution, activation] = model.graph.node;
    expect(Object.fromEntries(convolution.attribute.map((a) => [a.name, a.ints.length ? a.ints : a.i]))).toEqual({
      strides: [1n, 1n],
      pads: [0n, 1n, 2n, 3n],
      group: 1n,
    });
    expect(activation.attribute).toMatchObject([{ name: 'alpha', type: AttributeType.FLOAT, f: Math.fround(0.2) }]);
    expect(activation.output).toEqual(['y']);
    const [stored] = model.graph.initializer;
    expect(stored.dims).toEqual([3n, 2n, 3n, 3n]);
    expect(floats(stored)).toEqual([...distinct(54, 7, -1, 1)]);
  });

  test('stores a constant once, also where the gradient needs it turned', () => {
    const x = input('x', [1, 8, 6, 6]);
    const w = weights([8, 8, 3, 3]);
    const y = conv(tanh(conv(x, w, { pads: 1 })), w, { pads: 1 });
    const model = read({ outputs: { y, g: gradients(weightedSum(y), [x])[0] } });
    expect(
      model.graph.initializer.filter((t) => t.rawData.length === w.shape.reduce((a, b) => a * b) * 4),
    ).toHaveLength(1);
    expectWellFormed(model);
  });

  test('stores only the part of a buffer that a constant views', () => {
    const whole = Float32Array.of(9, 1, 2, 3, 9);
    const model = read({ outputs: { y: add(input('x', [3]), constant(whole.subarray(1, 4), [3])) } });
    expect(model.graph.initializer.map(floats)).toEqual([[1, 2, 3]]);
  });

  test('shares equal operands, and tells unequal ones apart, infinities too', () => {
    const x = input('x', [4]);
    const shapes = add(reshape(reshape(x, [2, 2]), [4]), reshape(reshape(tanh(x), [2, 2]), [4]));
    expect(read({ outputs: { y: shapes } }).graph.initializer).toHaveLength(2);
    const inf = Number.POSITIVE_INFINITY;
    const limits = read({ outputs: { a: clip(x, -inf, 1), b: clip(x, 1, inf) } }).graph.initializer;
    expect(limits.flatMap(floats)).toEqual([-inf, 1, inf]);
  });

  test('is well-formed for every operation and its gradient', () => {
    for (const opCase of Object.values(opCases).flat()) expectWellFormed(read(problemOf(opCase).graph));
  });
});

describe('outputs', () => {
  const x = input('x', [2]);
  const feeds = { x: Float32Array.of(3, -4) };

  test('that are inputs, constants or each other are copies', async () => {
    const y: Value = mul(x, 2);
    const graph = { outputs: { same: x, fixed: filled([3], 5), y, again: y, more: add(y, 1) } };
    expectWellFormed(read(graph));
    expect(await run(graph, feeds)).toEqual({
      same: feeds.x,
      fixed: Float32Array.of(5, 5, 5),
      y: Float32Array.of(6, -8),
      again: Float32Array.of(6, -8),
      more: Float32Array.of(7, -7),
    });
  });

  test('and inputs may have any name, also ones that look made up', async () => {
    const names = ['v0', 'v1', 'k0', 'ein Ä/b.c:0', ' '];
    const inputs = names.map((name) => input(name, [1]));
    const y = inputs.reduce<Value>((sum, v) => add(mul(sum, 10), clip(v, 0, 9)), filled([1], 0));
    const graph = { outputs: { v2: y, v3: tanh(y) } };
    expectWellFormed(read(graph));
    const digits = Object.fromEntries(names.map((name, i) => [name, Float32Array.of(i + 1)]));
    expect((await run(graph, digits)).v2).toEqual(Float32Array.of(12345));
  });

  test('may depend on nothing at all', async () => {
    expect(await run({ outputs: { y: tanh(filled([2], 0)) } }, {})).toEqual({ y: new Float32Array(2) });
  });
});
