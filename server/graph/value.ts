import { inferShape } from './shape-rules.ts';

export type Shape = readonly number[];

/** Operations without attributes. */
type None = Record<never, never>;

/**
 * Every operation of the graph with its attributes: the one list that the shape rules, gradient rules, ONNX writer and
 * TensorFlow.js kernels must each cover completely (the compiler checks it).
 *
 * Names and meanings are ONNX's where ONNX has the operation. Images are [N, C, H, W]; pads are [top, left, bottom, right].
 */
export interface Attributes {
  Input: { name: string };
  Constant: { data: Float32Array };
  Add: None;
  Sub: None;
  Mul: None;
  Div: None;
  Abs: None;
  Sqrt: None;
  Reciprocal: None;
  Sin: None;
  Cos: None;
  Tanh: None;
  Relu: None;
  LeakyRelu: { alpha: number };
  /** min(max(x, min), max) */
  Clip: { min: number; max: number };
  /** min(max(alpha * x + beta, 0), 1): with a huge alpha the fastest mask on every execution provider. */
  HardSigmoid: { alpha: number; beta: number };
  /** [..., m, k] x [..., k, n] with broadcast batch dimensions; both operands have two dimensions or more. */
  MatMul: None;
  Transpose: { perm: readonly number[] };
  Reshape: { shape: Shape };
  Expand: { shape: Shape };
  Concat: { axis: number };
  /** x[start_0:end_0:step_0, ...]: one entry a dimension, 0 <= start < end <= size, step >= 1. */
  Slice: { starts: readonly number[]; ends: readonly number[]; steps: readonly number[] };
  /** Reverses the order along axes. */
  Flip: { axes: readonly number[] };
  /** Constant padding, one entry a dimension. */
  Pad: { before: readonly number[]; after: readonly number[]; value: number };
  /** Sum over axes, which stay as dimensions of size 1. */
  ReduceSum: { axes: readonly number[] };
  /** x [N, C, H, W], weight [M, C / group, kH, kW]: cross-correlation. */
  Conv: { stride: readonly [number, number]; pads: Pads; group: number };
  /** x [N, C, H, W], weight [C, M / group, kH, kW]: the transpose of Conv. */
  ConvTranspose: {
    stride: readonly [number, number];
    pads: Pads;
    outputPadding: readonly [number, number];
    group: number;
  };
  /** No padding; `ceil` (for stride <= kernel) keeps windows that hang over the far edges. */
  MaxPool: { kernel: number; stride: number; ceil: boolean };
  /** Windows of kernel x kernel, stride = kernel, sizes divisible. */
  AveragePool: { kernel: number };
  /** Every pixel becomes scale x scale pixels. */
  UpsampleNearest: { scale: number };
  /** [N, C, H, W] -> [N, C * block^2, H / block, W / block], ONNX's order of channels. */
  SpaceToDepth: { block: number };
  /** The inverse of SpaceToDepth (ONNX mode DCR). */
  DepthToSpace: { block: number };
}

export type Pads = readonly [number, number, number, number];
export type OpName = keyof Attributes;

/** An immutable float32 value of a static shape: the result of one operation on other values. */
export type Value<K extends OpName = OpName> = {
  [P in K]: {
    readonly op: P;
    readonly inputs: readonly Value[];
    readonly attributes: Readonly<Attributes[P]>;
    readonly shape: Shape;
  };
}[K];

/** A mistake in how a graph was built: a defect of the calling code, never of a user's input. */
export class GraphError extends Error {}

/** Makes a value; its shape follows from the operation's rule. Throws GraphError where the operands do not fit. */
export function makeValue<K extends OpName>(op: K, inputs: readonly Value[], attributes: Attributes[K]): Value<K> {
  const shape = inferShape(
    op,
    inputs.map((v) => v.shape),
    attributes,
  );
  return { op, inputs, attributes, shape } as unknown as Value<K>;
}

export const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i]);
