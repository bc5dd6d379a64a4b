import { convGradients, convTransposeGradients } from './conv-gradients.ts';
import {
  abs,
  averagePool,
  clip,
  cos,
  depthToSpace,
  div,
  expand,
  filled,
  flip,
  hardSigmoid,
  matMul,
  mul,
  pad,
  reduceSum,
  reshape,
  sin,
  slice,
  spaceToDepth,
  square,
  sub,
  transpose,
  transposeMatrix,
  upsampleNearest,
} from './ops.ts';
import { maxPoolGradient, zeroInsert } from './pool-gradients.ts';
import { GraphError, type OpName, type Shape, sameShape, type Value } from './value.ts';

/**
 * A gradient rule: given a value y and the gradient g of a scalar with respect to y, the gradients with respect to each
 * of y's operands. `wanted[i]` says whether operand i leads to something that is differentiated; a rule may skip the
 * others.
 *
 * Masks are written as Clip or HardSigmoid of a huge multiple: the forms that every execution provider runs fast.
 * At a kink they take one side, as any subgradient may.
 */
export type GradientRule<K extends OpName> = (
  y: Value<K>,
  g: Value,
  wanted: readonly boolean[],
) => readonly (Value | undefined)[];

const none = () => [];

export const gradientRules: { [K in OpName]: GradientRule<K> } = {
  Input: none,
  Constant: none,
  Add: (y, g) => y.inputs.map((x) => unbroadcast(g, x.shape)),
  Sub: ({ inputs: [a, b] }, g, wanted) => [
    unbroadcast(g, a.shape),
    wanted[1] ? mul(unbroadcast(g, b.shape), -1) : undefined,
  ],
  Mul: ({ inputs: [a, b] }, g, wanted) => {
    if (a === b) return [mul(mul(g, 2), a)];
    return [
      wanted[0] ? unbroadcast(mul(g, b), a.shape) : undefined,
      wanted[1] ? unbroadcast(mul(g, a), b.shape) : undefined,
    ];
  },
  Div: (y, g, wanted) => {
    const [a, b] = y.inputs;
    const ga = div(g, b);
    return [unbroadcast(ga, a.shape), wanted[1] ? mul(unbroadcast(mul(ga, y), b.shape), -1) : undefined];
  },
  Abs: ({ inputs: [x] }, g) => [mul(g, clip(mul(x, 1e30), -1, 1))],
  Sqrt: (y, g) => [div(mul(g, 0.5), y)],
  Reciprocal: (y, g) => [mul(mul(g, square(y)), -1)],
  Sin: ({ inputs: [x] }, g) => [mul(g, cos(x))],
  Cos: ({ inputs: [x] }, g) => [mul(mul(g, sin(x)), -1)],
  Tanh: (y, g) => [mul(g, sub(1, square(y)))],
  Relu: (y, g) => [mul(g, hardSigmoid(y, 1e30, 0))],
  LeakyRelu: (y, g) => [mul(g, clip(mul(y, 1e30), y.attributes.alpha, 1))],
  Clip: ({ inputs: [x], attributes: { min, max } }, g) => {
    // Symmetric limits, as StyleGAN's conv_clamp has them, need one mask instead of two.
    if (min === -max) return [mul(g, hardSigmoid(sub(max, abs(x)), 1e30, 0))];
    return [mul(mul(g, hardSigmoid(sub(x, min), 1e30, 0)), hardSigmoid(sub(max, x), 1e30, 0))];
  },
  HardSigmoid: (y, g) => {
    const inside = mul(hardSigmoid(y, 1e30, 0), hardSigmoid(sub(1, y), 1e30, 0));
    return [mul(mul(g, inside), y.attributes.alpha)];
  },
  MatMul: ({ inputs: [a, b] }, g, wanted) => [
    wanted[0] ? unbroadcast(matMul(g, transposeMatrix(b)), a.shape) : undefined,
    wanted[1] ? unbroadcast(matMul(transposeMatrix(a), g), b.shape) : undefined,
  ],
  Transpose: ({ attributes: { perm } }, g) => [
    transpose(
      g,
      perm.map((_, axis) => perm.indexOf(axis)),
    ),
  ],
  Reshape: ({ inputs: [x] }, g) => [reshape(g, x.shape)],
  Expand: ({ inputs: [x] }, g) => [unbroadcast(g, x.shape)],
  Concat: ({ inputs, attributes: { axis } }, g) => {
    let start = 0;
    return inputs.map((x) => {
      start += x.shape[axis];
      return slice(g, axis, start - x.shape[axis], start);
    });
  },
  Slice: ({ inputs: [x], attributes: { starts, ends, steps } }, g) => {
    const dense = zeroInsert(g, steps);
    const room = (i: number) => Math.min(ends[i], starts[i] + dense.shape[i]);
    const cut = dense.shape.reduce((v, _, i) => slice(v, i, 0, room(i) - starts[i]), dense);
    return [
      pad(
        cut,
        starts,
        x.shape.map((d, i) => d - room(i)),
      ),
    ];
  },
  Flip: ({ attributes: { axes } }, g) => [flip(g, axes)],
  Pad: ({ inputs: [x], attributes: { before } }, g) => [
    x.shape.reduce((v, d, i) => slice(v, i, before[i], before[i] + d), g),
  ],
  ReduceSum: ({ inputs: [x] }, g) => [expand(g, x.shape)],
  Conv: convGradients,
  ConvTranspose: convTransposeGradients,
  MaxPool: (y, g) => [maxPoolGradient(y, g)],
  AveragePool: ({ attributes: { kernel } }, g) => [mul(upsampleNearest(g, kernel), 1 / kernel ** 2)],
  UpsampleNearest: ({ attributes: { scale } }, g) => [mul(averagePool(g, scale), scale ** 2)],
  SpaceToDepth: ({ attributes: { block } }, g) => [depthToSpace(g, block)],
  DepthToSpace: ({ attributes: { block } }, g) => [spaceToDepth(g, block)],
};

/** Sums a gradient over the axes along which its operand of `shape` was broadcast. */
function unbroadcast(g: Value, shape: Shape): Value {
  if (sameShape(g.shape, shape)) return g;
  const lead = g.shape.length - shape.length;
  if (lead < 0) throw new GraphError(`a gradient of shape [${g.shape}] is smaller than its operand [${shape}]`);
  const axes = g.shape.map((_, i) => i).filter((i) => i < lead || (shape[i - lead] === 1 && g.shape[i] !== 1));
  const isChannelSum = g.shape.length === 4 && axes.length === 1 && axes[0] === 1;
  return reshape(isChannelSum ? sumChannels(g) : reduceSum(g, axes), shape);
}

/** Sum over C of [N, C, H, W] as a product with ones: a reduction over the middle of a tensor is slow on CPUs. */
function sumChannels(g: Value): Value {
  const [n, channels, height, width] = g.shape;
  return matMul(filled([1, 1, channels], 1), reshape(g, [n, channels, height * width]));
}
