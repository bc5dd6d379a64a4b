import type { Attributes, OpName } from './value.ts';

/** How an operation is written in ONNX: its name, attributes, and the constant operands that follow the values. */
export interface OnnxForm {
  readonly opType: string;
  readonly attributes?: Readonly<Record<string, number | string | readonly number[] | { readonly float: number }>>;
  /** undefined leaves an optional operand out. */
  readonly operands?: readonly (Int64Operand | FloatOperand | undefined)[];
}
export type Int64Operand = { readonly int64: readonly number[] };
export type FloatOperand = { readonly float: readonly number[]; readonly isScalar?: true };

type Writer<K extends OpName> = (attributes: Attributes[K]) => OnnxForm;

const plain = (opType: string) => () => ({ opType });
const int64 = (values: readonly number[]): Int64Operand => ({ int64: values });
const scalarOperand = (value: number): FloatOperand => ({ float: [value], isScalar: true });

/** INT64 minimum is beyond a number's exact range; any end below -size means "through the first element". */
const BEFORE_FIRST = -(2 ** 31);

export const onnxRules: { [K in Exclude<OpName, 'Input' | 'Constant'>]: Writer<K> } = {
  Add: plain('Add'),
  Sub: plain('Sub'),
  Mul: plain('Mul'),
  Div: plain('Div'),
  Abs: plain('Abs'),
  Sqrt: plain('Sqrt'),
  Reciprocal: plain('Reciprocal'),
  Sin: plain('Sin'),
  Cos: plain('Cos'),
  Tanh: plain('Tanh'),
  Relu: plain('Relu'),
  LeakyRelu: ({ alpha }) => ({ opType: 'LeakyRelu', attributes: { alpha: { float: alpha } } }),
  Clip: ({ min, max }) => ({ opType: 'Clip', operands: [scalarOperand(min), scalarOperand(max)] }),
  HardSigmoid: ({ alpha, beta }) => ({
    opType: 'HardSigmoid',
    attributes: { alpha: { float: alpha }, beta: { float: beta } },
  }),
  MatMul: plain('MatMul'),
  Transpose: ({ perm }) => ({ opType: 'Transpose', attributes: { perm } }),
  Reshape: ({ shape }) => ({ opType: 'Reshape', operands: [int64(shape)] }),
  Expand: ({ shape }) => ({ opType: 'Expand', operands: [int64(shape)] }),
  Concat: ({ axis }) => ({ opType: 'Concat', attributes: { axis } }),
  Slice: ({ starts, ends, steps }) => ({
    opType: 'Slice',
    operands: [int64(starts), int64(ends), int64(starts.map((_, i) => i)), int64(steps)],
  }),
  Flip: ({ axes }) => ({
    opType: 'Slice',
    operands: [int64(axes.map(() => -1)), int64(axes.map(() => BEFORE_FIRST)), int64(axes), int64(axes.map(() => -1))],
  }),
  Pad: ({ before, after, value }) => ({
    opType: 'Pad',
    attributes: { mode: 'constant' },
    operands: [int64([...before, ...after]), scalarOperand(value)],
  }),
  ReduceSum: ({ axes }) => ({ opType: 'ReduceSum', attributes: { keepdims: 1 }, operands: [int64(axes)] }),
  Conv: ({ stride, pads, group }) => ({ opType: 'Conv', attributes: { strides: stride, pads, group } }),
  ConvTranspose: ({ stride, pads, outputPadding, group }) => ({
    opType: 'ConvTranspose',
    attributes: { strides: stride, pads, output_padding: outputPadding, group },
  }),
  MaxPool: ({ kernel, stride, ceil }) => ({
    opType: 'MaxPool',
    attributes: { kernel_shape: [kernel, kernel], strides: [stride, stride], ceil_mode: ceil ? 1 : 0 },
  }),
  AveragePool: ({ kernel }) => ({
    opType: 'AveragePool',
    attributes: { kernel_shape: [kernel, kernel], strides: [kernel, kernel] },
  }),
  UpsampleNearest: ({ scale }) => ({
    opType: 'Resize',
    attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    operands: [undefined, { float: [1, 1, scale, scale] }],
  }),
  SpaceToDepth: ({ block }) => ({ opType: 'SpaceToDepth', attributes: { blocksize: block } }),
  DepthToSpace: ({ block }) => ({ opType: 'DepthToSpace', attributes: { blocksize: block, mode: 'DCR' } }),
};
