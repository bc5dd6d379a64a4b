import {
  type Attributes,
  GraphError,
  makeValue,
  type Pads,
  type Shape,
  sameShape,
  sizeOf,
  type Value,
} from './value.ts';

/**
 * The operations as functions on values. Numbers are lifted to constants. Each is a thin name for `makeValue`; the few
 * that look at their operands only drop work that cannot change the result.
 */

type Operand = Value | number;

/** A named input of the graph, fed at every run. */
export const input = (name: string, shape: Shape): Value<'Input'> => leaf('Input', shape, { name });

/** A constant of a shape; `data` is shared, not copied, and must never change. */
export function constant(data: Float32Array, shape: Shape): Value<'Constant'> {
  if (data.length !== sizeOf(shape)) throw new GraphError(`${data.length} numbers do not fill [${shape}]`);
  return leaf('Constant', shape, { data });
}

/** A constant scalar, shape []. */
export const scalar = (x: number): Value<'Constant'> => constant(Float32Array.of(x), []);

/** A constant of one repeated number. */
export const filled = (shape: Shape, x: number): Value<'Constant'> =>
  constant(new Float32Array(sizeOf(shape)).fill(x), shape);

export const add = (a: Operand, b: Operand): Value => elementwise('Add', a, b);
export const sub = (a: Operand, b: Operand): Value => elementwise('Sub', a, b);
export const mul = (a: Operand, b: Operand): Value => {
  if (isOne(b)) return lift(a);
  return isOne(a) ? lift(b) : elementwise('Mul', a, b);
};
export const div = (a: Operand, b: Operand): Value => elementwise('Div', a, b);
export const square = (x: Value): Value => mul(x, x);

export const abs = (x: Value): Value => makeValue('Abs', [x], {});
export const sqrt = (x: Value): Value => makeValue('Sqrt', [x], {});
export const reciprocal = (x: Value): Value => makeValue('Reciprocal', [x], {});
export const sin = (x: Value): Value => makeValue('Sin', [x], {});
export const cos = (x: Value): Value => makeValue('Cos', [x], {});
export const tanh = (x: Value): Value => makeValue('Tanh', [x], {});
export const relu = (x: Value): Value => makeValue('Relu', [x], {});
export const leakyRelu = (x: Value, alpha: number): Value => makeValue('LeakyRelu', [x], { alpha });
export const clip = (x: Value, min: number, max: number): Value => makeValue('Clip', [x], { min, max });
export const hardSigmoid = (x: Value, alpha: number, beta: number): Value =>
  makeValue('HardSigmoid', [x], { alpha, beta });

export const matMul = (a: Value, b: Value): Value => makeValue('MatMul', [a, b], {});

export const transpose = (x: Value, perm: readonly number[]): Value =>
  perm.every((axis, i) => axis === i) ? x : makeValue('Transpose', [x], { perm });

/** Swaps the last two dimensions. */
export const transposeMatrix = (x: Value): Value => {
  const last = x.shape.length - 1;
  return transpose(
    x,
    x.shape.map((_, i) => (i === last ? last - 1 : i === last - 1 ? last : i)),
  );
};

export const reshape = (x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : makeValue('Reshape', [x], { shape });

export const expand = (x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : makeValue('Expand', [x], { shape });

export const concat = (values: readonly Value[], axis: number): Value =>
  values.length === 1 ? values[0] : makeValue('Concat', values, { axis });

/** x[start:end:step] along one axis. */
export function slice(x: Value, axis: number, start: number, end: number, step = 1): Value {
  if (start === 0 && end === x.shape[axis] && step === 1) return x;
  return makeValue('Slice', [x], {
    starts: x.shape.map((_, i) => (i === axis ? start : 0)),
    ends: x.shape.map((d, i) => (i === axis ? end : d)),
    steps: x.shape.map((_, i) => (i === axis ? step : 1)),
  });
}

export const flip = (x: Value, axes: readonly number[]): Value => makeValue('Flip', [x], { axes });

export const pad = (x: Value, before: readonly number[], after: readonly number[], value = 0): Value =>
  [...before, ...after].every((n) => n === 0) ? x : makeValue('Pad', [x], { before, after, value });

/** Pads the last two dimensions of [N, C, H, W]. */
export const pad2d = (x: Value, [top, left, bottom, right]: Pads, value = 0): Value =>
  pad(x, [0, 0, top, left], [0, 0, bottom, right], value);

/** Sum over axes, kept as dimensions of size 1. */
export const reduceSum = (x: Value, axes: readonly number[]): Value => {
  const summed = axes.filter((axis) => x.shape[axis] !== 1);
  return summed.length === 0 ? x : makeValue('ReduceSum', [x], { axes: summed });
};

/** Mean over axes, kept as dimensions of size 1. */
export const reduceMean = (x: Value, axes: readonly number[]): Value =>
  mul(reduceSum(x, axes), 1 / sizeOf(axes.map((axis) => x.shape[axis])));

/** The mean of all elements as a scalar, shape []. */
export const meanAll = (x: Value): Value =>
  reshape(
    reduceMean(
      x,
      x.shape.map((_, i) => i),
    ),
    [],
  );

type ConvOptions = { stride?: number; pads?: Pads | number; group?: number };

/** Cross-correlation: x [N, C, H, W], weight [M, C / group, kH, kW]. A single number pads all sides. */
export const conv = (x: Value, weight: Value, { stride = 1, pads = 0, group = 1 }: ConvOptions = {}): Value =>
  makeValue('Conv', [x, weight], { stride: [stride, stride], pads: allSides(pads), group });

/** Transposed convolution: x [N, C, H, W], weight [C, M / group, kH, kW]. */
export const convTranspose = (x: Value, weight: Value, { stride = 1, pads = 0, group = 1 }: ConvOptions = {}): Value =>
  makeValue('ConvTranspose', [x, weight], {
    stride: [stride, stride],
    pads: allSides(pads),
    outputPadding: [0, 0],
    group,
  });

export const maxPool = (x: Value, attributes: Attributes['MaxPool']): Value => makeValue('MaxPool', [x], attributes);

export const averagePool = (x: Value, kernel: number): Value =>
  kernel === 1 ? x : makeValue('AveragePool', [x], { kernel });

export const upsampleNearest = (x: Value, scale: number): Value =>
  scale === 1 ? x : makeValue('UpsampleNearest', [x], { scale });

export const spaceToDepth = (x: Value, block: number): Value => makeValue('SpaceToDepth', [x], { block });
export const depthToSpace = (x: Value, block: number): Value => makeValue('DepthToSpace', [x], { block });

function leaf<K extends 'Input' | 'Constant'>(op: K, shape: Shape, attributes: Attributes[K]): Value<K> {
  return { op, inputs: [], attributes, shape } as unknown as Value<K>;
}

const lift = (x: Operand): Value => (typeof x === 'number' ? scalar(x) : x);

const isOne = (x: Operand): boolean =>
  x === 1 || (typeof x !== 'number' && x.op === 'Constant' && x.shape.length === 0 && x.attributes.data[0] === 1);

const allSides = (pads: Pads | number): Pads => (typeof pads === 'number' ? [pads, pads, pads, pads] : pads);

/** An expanded operand is not worth materialising where the other one already has the full shape. */
function elementwise(op: 'Add' | 'Sub' | 'Mul' | 'Div', a: Operand, b: Operand): Value {
  const x = lift(a);
  const y = lift(b);
  if (x.op === 'Expand' && sameShape(x.shape, y.shape) && y.op !== 'Expand') return makeValue(op, [x.inputs[0], y], {});
  if (y.op === 'Expand' && sameShape(x.shape, y.shape) && x.op !== 'Expand') return makeValue(op, [x, y.inputs[0]], {});
  return makeValue(op, [x, y], {});
}
