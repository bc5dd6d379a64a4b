import {
  abs,
  add,
  averagePool,
  clip,
  concat,
  constant,
  conv,
  convTranspose,
  cos,
  depthToSpace,
  div,
  expand,
  filled,
  flip,
  hardSigmoid,
  leakyRelu,
  matMul,
  maxPool,
  meanAll,
  mul,
  pad,
  pad2d,
  reciprocal,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  scalar,
  sin,
  slice,
  spaceToDepth,
  sqrt,
  square,
  sub,
  tanh,
  transpose,
  transposeMatrix,
  upsampleNearest,
} from '../../server/graph/ops.ts';
import { type Attributes, makeValue, type OpName, type Value } from '../../server/graph/value.ts';
import { weights } from './numbers.ts';

/** The shape of an input, and the range of the numbers it is fed where not -2 to 2. */
export type InputSpec =
  | readonly number[]
  | { readonly shape: readonly number[]; readonly range: readonly [number, number] };

export interface OpCase {
  readonly name: string;
  /** The inputs, in the order in which `build` takes them. */
  readonly inputs: readonly InputSpec[];
  readonly build: (...inputs: Value[]) => Value;
}

const of = (name: string, inputs: readonly InputSpec[], build: OpCase['build']): OpCase => ({ name, inputs, build });
const positive = (...shape: number[]): InputSpec => ({ shape, range: [0.5, 3] });

/** The shapes that two operands of an elementwise operation may have. */
function elementwise(f: (a: Value, b: Value) => Value, second = (...shape: number[]): InputSpec => shape) {
  return [
    of('same shape', [[2, 3], second(2, 3)], f),
    of('scalar on the left', [[], second(2, 3)], f),
    of('scalar on the right', [[2, 3], second()], f),
    of('lower rank', [[2, 3, 4], second(3, 1)], f),
    of('both broadcast', [[2, 1, 4], second(3, 1)], f),
    of('a channel of an image', [[2, 3, 2, 2], second(1, 3, 1, 1)], f),
    of('a sample of an image', [[2, 3, 2, 2], second(2, 3, 1, 1)], f),
    of('noise on an image', [[2, 3, 2, 2], second(1, 1, 2, 2)], f),
    of('expanded operand', [[2, 3], second(2, 1)], (a, b) => f(a, expand(b, [2, 3]))),
    of('used twice', [second(2, 3)], (a) => f(a, a)),
  ] as const;
}

const shapes: readonly (readonly [string, readonly number[]])[] = [
  ['scalar', []],
  ['vector', [5]],
  ['image', [2, 3, 3, 2]],
];
const unary = (f: (x: Value) => Value, range: readonly [number, number] = [-2, 2]) => {
  const [first, ...rest] = shapes.map(([name, shape]) => of(name, [{ shape, range }], f));
  return [first, ...rest] as const;
};

const slices = (attributes: Attributes['Slice']) => (x: Value) => makeValue('Slice', [x], attributes);
const conv2d = (shape: readonly number[], attributes: Attributes['Conv']) => (x: Value) =>
  makeValue('Conv', [x, weights(shape)], attributes);
const transposed = (shape: readonly number[], attributes: Partial<Attributes['ConvTranspose']>) => (x: Value) =>
  makeValue('ConvTranspose', [x, weights(shape)], {
    stride: [2, 2],
    pads: [0, 0, 0, 0],
    outputPadding: [0, 0],
    group: 1,
    ...attributes,
  });

/** At least one case for every operation: the compiler refuses a table without. */
export const opCases: { readonly [K in OpName]: readonly [OpCase, ...OpCase[]] } = {
  Input: [
    of('is an output itself', [[2, 3]], (x) => x),
    of('scalar', [[]], (x) => x),
    of('feeds two branches that meet', [[4]], (x) => add(tanh(x), mul(x, 3))),
  ],
  Constant: [
    of('is an output itself', [], () => constant(Float32Array.of(1, -2, 3), [3])),
    of('is used twice', [[2]], (x) => {
      const c = constant(Float32Array.of(3, -4), [2]);
      return add(mul(x, c), c);
    }),
    of('depends on no input but is computed', [[2]], (x) => add(x, tanh(constant(Float32Array.of(1, -1), [2])))),
    of('a view into a larger buffer', [[2]], (x) => mul(x, constant(Float32Array.of(9, 5, 6).subarray(1), [2]))),
  ],
  Add: elementwise(add),
  Sub: elementwise(sub),
  Mul: [...elementwise(mul), of('square', [[2, 3]], square), of('by one', [[2, 3]], (x) => mul(1, mul(x, 1)))],
  Div: elementwise(div, positive),
  Abs: unary(abs),
  Sqrt: unary(sqrt, [0.1, 4]),
  Reciprocal: unary(reciprocal, [0.5, 3]),
  Sin: unary(sin, [-6, 6]),
  Cos: unary(cos, [-6, 6]),
  Tanh: unary(tanh, [-4, 4]),
  Relu: unary(relu),
  LeakyRelu: [
    ...unary((x) => leakyRelu(x, 0.2)),
    of('alpha 0', [[7]], (x) => leakyRelu(x, 0)),
    of('alpha 1', [[7]], (x) => leakyRelu(x, 1)),
  ],
  Clip: [
    ...unary((x) => clip(x, -0.7, 0.7)),
    of('lopsided', [[9]], (x) => clip(x, -1.1, 0.3)),
    of('at zero', [[9]], (x) => clip(x, 0, 1)),
    of('infinite above', [[9]], (x) => clip(x, -0.3, Number.POSITIVE_INFINITY)),
  ],
  HardSigmoid: [
    ...unary((x) => hardSigmoid(x, 0.25, 0.5), [-4, 4]),
    of('as a mask', [[9]], (x) => mul(x, hardSigmoid(x, 1e30, 0))),
    of('as an equality', [[9]], (x) => mul(x, hardSigmoid(sub(x, relu(x)), 1e30, 1))),
  ],
  MatMul: [
    of(
      'matrices',
      [
        [2, 3],
        [3, 4],
      ],
      matMul,
    ),
    of(
      'batches',
      [
        [2, 3, 4],
        [2, 4, 2],
      ],
      matMul,
    ),
    of(
      'one matrix for all of a batch',
      [
        [3, 4],
        [2, 4, 2],
      ],
      matMul,
    ),
    of(
      'a batch times one matrix',
      [
        [2, 3, 4],
        [4, 2],
      ],
      matMul,
    ),
    of(
      'batches that broadcast',
      [
        [2, 1, 3, 2],
        [3, 2, 2],
      ],
      matMul,
    ),
    of(
      'row times matrix',
      [
        [1, 5],
        [5, 3],
      ],
      matMul,
    ),
    of(
      'row times column',
      [
        [1, 5],
        [5, 1],
      ],
      matMul,
    ),
    of('with its own transpose', [[3, 2]], (x) => matMul(x, transposeMatrix(x))),
  ],
  Transpose: [
    of('matrix', [[2, 3]], transposeMatrix),
    of('a cycle of three', [[2, 3, 4]], (x) => transpose(x, [1, 2, 0])),
    of('channels last', [[2, 3, 2, 4]], (x) => transpose(x, [0, 2, 3, 1])),
    of('the last two of four', [[2, 3, 2, 4]], transposeMatrix),
    of('six dimensions', [[2, 3, 2, 2, 1, 2]], (x) => transpose(x, [0, 3, 5, 1, 2, 4])),
  ],
  Reshape: [
    of('flatten', [[2, 3, 2]], (x) => reshape(x, [12])),
    of('to a scalar', [[1, 1]], (x) => reshape(x, [])),
    of('from a scalar', [[]], (x) => reshape(x, [1, 1])),
    of('twice', [[2, 6]], (x) => reshape(reshape(x, [3, 4]), [4, 3])),
  ],
  Expand: [
    of('from a scalar', [[]], (x) => expand(x, [2, 3])),
    of('along the first axis', [[1, 3]], (x) => expand(x, [4, 3])),
    of('along the last axis', [[2, 1]], (x) => expand(x, [2, 3])),
    of('to a higher rank', [[3, 1]], (x) => expand(x, [2, 3, 4])),
    of('to a higher rank of size 1', [[3]], (x) => expand(x, [1, 3])),
    of('in the middle', [[2, 1, 3, 1]], (x) => expand(x, [2, 2, 3, 2])),
    of(
      'both operands expanded',
      [
        [2, 1],
        [1, 3],
      ],
      (a, b) => mul(expand(a, [2, 3]), expand(b, [2, 3])),
    ),
  ],
  Concat: [
    of(
      'first axis',
      [
        [2, 3],
        [1, 3],
      ],
      (a, b) => concat([a, b], 0),
    ),
    of(
      'last axis',
      [
        [2, 3],
        [2, 1],
        [2, 2],
      ],
      (...all) => concat(all, 1),
    ),
    of(
      'channels',
      [
        [1, 2, 2, 2],
        [1, 1, 2, 2],
      ],
      (a, b) => concat([a, b], 1),
    ),
    of('the same value twice', [[2, 2]], (x) => concat([x, x], 1)),
  ],
  Slice: [
    of('middle', [[5, 2]], (x) => slice(x, 0, 1, 4)),
    of('one element', [[5, 2]], (x) => slice(x, 0, 4, 5)),
    of('every second', [[7]], (x) => slice(x, 0, 0, 7, 2)),
    of('every third from the second, short of the end', [[8, 2]], (x) => slice(x, 0, 1, 7, 3)),
    of('step beyond the end', [[5]], (x) => slice(x, 0, 1, 4, 9)),
    of('all axes at once', [[4, 5, 6]], slices({ starts: [1, 0, 1], ends: [4, 5, 6], steps: [1, 2, 3] })),
    of('pixels of an image', [[1, 2, 5, 4]], slices({ starts: [0, 0, 1, 0], ends: [1, 2, 5, 3], steps: [1, 1, 2, 2] })),
    of('overlapping slices', [[6]], (x) => mul(slice(x, 0, 0, 4), slice(x, 0, 2, 6))),
  ],
  Flip: [
    of('vector', [[5]], (x) => flip(x, [0])),
    of('last axis', [[2, 3]], (x) => flip(x, [1])),
    of('two axes', [[2, 2, 3, 2]], (x) => flip(x, [2, 3])),
    of('two axes in the other order', [[2, 2, 3, 2]], (x) => flip(x, [3, 1])),
  ],
  Pad: [
    of('zeros', [[2, 3]], (x) => pad(x, [1, 0], [0, 2])),
    of('a value', [[4]], (x) => pad(x, [1], [2], -1.5)),
    of('image on four sides', [[1, 2, 2, 3]], (x) => pad2d(x, [1, 2, 3, 0])),
    of('batch and channels', [[1, 2, 2, 2]], (x) => pad(x, [1, 0, 0, 0], [0, 1, 0, 0], 0.5)),
    of('five dimensions', [[2, 1, 2, 1, 2]], (x) => pad(x, [0, 0, 1, 0, 0], [0, 1, 0, 2, 1])),
  ],
  ReduceSum: [
    of('all', [[2, 3]], (x) => reduceSum(x, [0, 1])),
    of('first axis', [[2, 3]], (x) => reduceSum(x, [0])),
    of('last axis', [[2, 3]], (x) => reduceSum(x, [1])),
    of('middle axis', [[2, 3, 2]], (x) => reduceSum(x, [1])),
    of('pixels', [[2, 3, 2, 2]], (x) => reduceSum(x, [2, 3])),
    of('channels', [[2, 3, 2, 2]], (x) => reduceSum(x, [1])),
    of('first and last', [[2, 3, 2]], (x) => reduceSum(x, [0, 2])),
    of('an axis of size 1 beside another', [[1, 3]], (x) => reduceSum(x, [0, 1])),
    of('mean over pixels', [[2, 3, 2, 2]], (x) => reduceMean(x, [2, 3])),
    of('mean of all', [[2, 3, 2]], meanAll),
  ],
  Conv: [
    of('3x3 same', [[1, 2, 4, 5]], (x) => conv(x, weights([3, 2, 3, 3]), { pads: 1 })),
    of('3x3 valid, batch of two', [[2, 2, 4, 3]], (x) => conv(x, weights([2, 2, 3, 3]))),
    of('1x1', [[2, 3, 2, 3]], (x) => conv(x, weights([4, 3, 1, 1]))),
    of('1x1 padded', [[1, 2, 2, 2]], (x) => conv(x, weights([3, 2, 1, 1]), { pads: 1 })),
    of('1x1 padded on two sides', [[1, 2, 2, 3]], (x) => conv(x, weights([3, 2, 1, 1]), { pads: [1, 2, 0, 0] })),
    of('1x1 padded on the right', [[1, 2, 2, 3]], (x) => conv(x, weights([3, 2, 1, 1]), { pads: [0, 0, 0, 1] })),
    of('1x1 padded below, batch of two', [[2, 2, 2, 3]], (x) => conv(x, weights([3, 2, 1, 1]), { pads: [0, 0, 1, 0] })),
    of('1x1 stride 2', [[1, 2, 5, 4]], (x) => conv(x, weights([3, 2, 1, 1]), { stride: 2 })),
    of('one output channel', [[1, 3, 3, 3]], (x) => conv(x, weights([1, 3, 3, 3]), { pads: 1 })),
    of('asymmetric pads', [[1, 2, 4, 3]], (x) => conv(x, weights([2, 2, 3, 3]), { pads: [0, 2, 1, 0] })),
    of('pads as wide as the kernel', [[1, 1, 3, 3]], (x) => conv(x, weights([1, 1, 2, 2]), { pads: [2, 0, 0, 1] })),
    of('stride 2, even', [[1, 2, 6, 6]], (x) => conv(x, weights([2, 2, 3, 3]), { stride: 2, pads: 1 })),
    of('stride 2, odd', [[1, 2, 7, 5]], (x) => conv(x, weights([2, 2, 3, 3]), { stride: 2, pads: 1 })),
    of('stride 4, 5x5', [[1, 1, 11, 10]], (x) => conv(x, weights([2, 1, 5, 5]), { stride: 4, pads: 2 })),
    of('stride beyond the kernel', [[1, 1, 8, 7]], (x) => conv(x, weights([1, 1, 2, 2]), { stride: 3 })),
    of('different strides', [[1, 2, 6, 5]], conv2d([2, 2, 3, 2], { stride: [2, 1], pads: [1, 0, 1, 1], group: 1 })),
    of('1x3 kernel', [[1, 2, 3, 5]], (x) => conv(x, weights([2, 2, 1, 3]), { pads: [0, 1, 0, 1] })),
    of('depthwise 4x4', [[1, 3, 5, 5]], (x) => conv(x, weights([3, 1, 4, 4]), { group: 3, pads: [2, 2, 1, 1] })),
    of('depthwise, two outputs each', [[1, 2, 4, 4]], (x) => conv(x, weights([4, 1, 3, 3]), { group: 2, pads: 1 })),
    of('depthwise stride 2', [[1, 2, 6, 5]], (x) => conv(x, weights([2, 1, 4, 4]), { group: 2, stride: 2, pads: 1 })),
    of('groups', [[2, 4, 3, 3]], (x) => conv(x, weights([6, 2, 3, 3]), { group: 2, pads: 1 })),
    // Shapes that WebGPU gets wrong unless they are rewritten.
    of('six channels to four', [[1, 6, 4, 4]], (x) => conv(x, weights([4, 6, 3, 3]), { pads: 1 })),
    of('groups of six outputs', [[1, 4, 3, 3]], (x) => conv(x, weights([12, 2, 3, 3]), { group: 2, pads: 1 })),
    of('groups of six channels and six outputs', [[1, 12, 3, 2]], (x) =>
      conv(x, weights([12, 6, 1, 2]), { group: 2, pads: [0, 1, 0, 0] }),
    ),
    of('groups, stride 2', [[1, 4, 5, 5]], (x) => conv(x, weights([2, 2, 3, 3]), { group: 2, stride: 2 })),
    of('weights computed from constants', [[1, 2, 3, 3]], (x) => conv(x, mul(weights([2, 2, 3, 3]), 0.5), { pads: 1 })),
    of('the same weights twice', [[1, 2, 4, 4]], (x) => {
      const w = weights([2, 2, 3, 3]);
      return conv(conv(x, w, { pads: 1 }), w, { pads: 1 });
    }),
  ],
  ConvTranspose: [
    of('stride 2', [[1, 2, 3, 2]], (x) => convTranspose(x, weights([2, 3, 3, 3]), { stride: 2 })),
    of('stride 1', [[1, 2, 3, 3]], (x) => convTranspose(x, weights([2, 2, 3, 3]), { pads: 1 })),
    of('batch of two', [[2, 2, 2, 2]], (x) => convTranspose(x, weights([2, 2, 3, 3]), { stride: 2, pads: 1 })),
    of('4x4 stride 2', [[1, 2, 3, 3]], (x) => convTranspose(x, weights([2, 2, 4, 4]), { stride: 2, pads: 1 })),
    of('2x2 stride 3', [[1, 1, 2, 3]], (x) => convTranspose(x, weights([1, 2, 2, 2]), { stride: 3 })),
    of('asymmetric pads', [[1, 2, 3, 3]], transposed([2, 2, 3, 3], { pads: [1, 0, 2, 1] })),
    of('pads as wide as the kernel', [[1, 1, 4, 4]], transposed([1, 1, 2, 2], { pads: [2, 0, 1, 2] })),
    of('different strides', [[1, 2, 2, 3]], transposed([2, 1, 3, 2], { stride: [1, 2] })),
    of('groups', [[1, 4, 2, 3]], (x) => convTranspose(x, weights([4, 2, 3, 3]), { stride: 2, group: 2, pads: 1 })),
    of('groups of one output', [[1, 4, 2, 3]], (x) => convTranspose(x, weights([4, 1, 3, 3]), { stride: 2, group: 2 })),
    of('depthwise', [[1, 3, 3, 2]], (x) => convTranspose(x, weights([3, 1, 4, 4]), { stride: 2, group: 3, pads: 1 })),
    of('then blurred, as StyleGAN2 enlarges', [[1, 2, 3, 3]], (x) =>
      conv(convTranspose(x, weights([2, 2, 3, 3]), { stride: 2 }), weights([2, 1, 4, 4]), { group: 2, pads: 1 }),
    ),
  ],
  MaxPool: [
    of('2x2', [[1, 2, 4, 6]], (x) => maxPool(x, { kernel: 2, stride: 2, ceil: false })),
    of('2x2, odd size', [[1, 2, 5, 7]], (x) => maxPool(x, { kernel: 2, stride: 2, ceil: false })),
    of('2x2, odd size, ceil', [[1, 2, 5, 7]], (x) => maxPool(x, { kernel: 2, stride: 2, ceil: true })),
    of('3x3 overlapping', [[2, 1, 7, 7]], (x) => maxPool(x, { kernel: 3, stride: 2, ceil: false })),
    of('3x3 overlapping, rest', [[1, 1, 8, 6]], (x) => maxPool(x, { kernel: 3, stride: 2, ceil: false })),
    of('3x3 overlapping, ceil', [[1, 1, 8, 6]], (x) => maxPool(x, { kernel: 3, stride: 2, ceil: true })),
    of('stride 1', [[1, 2, 4, 4]], (x) => maxPool(x, { kernel: 2, stride: 1, ceil: false })),
    of('stride beyond the kernel', [[1, 1, 8, 7]], (x) => maxPool(x, { kernel: 2, stride: 3, ceil: false })),
    of('all below zero', [{ shape: [1, 1, 3, 3], range: [-9, -5] }], (x) =>
      maxPool(x, { kernel: 2, stride: 2, ceil: true }),
    ),
    of('after a ReLU', [[1, 2, 4, 4]], (x) => maxPool(relu(x), { kernel: 2, stride: 2, ceil: false })),
  ],
  AveragePool: [
    of('2x2', [[1, 2, 4, 6]], (x) => averagePool(x, 2)),
    of('3x3', [[2, 1, 3, 6]], (x) => averagePool(x, 3)),
    of('the whole image', [[2, 3, 4, 4]], (x) => averagePool(x, 4)),
  ],
  UpsampleNearest: [
    of('by 2', [[1, 2, 2, 3]], (x) => upsampleNearest(x, 2)),
    of('by 3, batch of two', [[2, 1, 2, 2]], (x) => upsampleNearest(x, 3)),
  ],
  SpaceToDepth: [
    of('by 2', [[1, 2, 4, 6]], (x) => spaceToDepth(x, 2)),
    of('by 3, batch of two', [[2, 1, 3, 6]], (x) => spaceToDepth(x, 3)),
  ],
  DepthToSpace: [
    of('by 2', [[1, 8, 2, 3]], (x) => depthToSpace(x, 2)),
    of('by 3', [[1, 9, 1, 2]], (x) => depthToSpace(x, 3)),
    of('and back', [[1, 4, 2, 2]], (x) => spaceToDepth(mul(depthToSpace(x, 2), filled([4, 4], 2)), 2)),
    of('with a scalar', [[1, 4, 1, 1]], (x) => add(depthToSpace(x, 2), scalar(0.5))),
  ],
};
