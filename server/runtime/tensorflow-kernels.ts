import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { type Attributes, type OpName, type Shape, sameShape, sizeOf, type Value } from '../graph/value.ts';
import type { TensorFlow } from './tensorflow-backend.ts';
import type { RewrittenOp } from './tensorflow-rewrites.ts';

/** The operations that TensorFlow.js runs itself: all but leaves and those that `tensorflowRewrites` replaces. */
export type KernelOp = Exclude<OpName, 'Input' | 'Constant' | RewrittenOp>;

/**
 * One operation on tensors in the graph's own layout ([N, C, H, W]); images are turned to [N, H, W, C] and back where
 * TensorFlow.js has nothing else. The weights of Conv come as [kH, kW, C / group, M].
 */
type Kernel<K extends OpName> = (
  tf: TensorFlow,
  inputs: readonly Tensor[],
  attributes: Attributes[K],
  shape: Shape,
) => Tensor;

/** Lower than any number of ours, and finite. */
const LOWEST = -3e38;

const kernels: { [K in KernelOp]: Kernel<K> } = {
  Add: (tf, [a, b]) => tf.add(a, b),
  Sub: (tf, [a, b]) => tf.sub(a, b),
  Mul: (tf, [a, b]) => tf.mul(a, b),
  Div: (tf, [a, b]) => tf.div(a, b),
  Abs: (tf, [x]) => tf.abs(x),
  Sqrt: (tf, [x]) => tf.sqrt(x),
  Reciprocal: (tf, [x]) => tf.reciprocal(x),
  Sin: (tf, [x]) => tf.sin(x),
  Cos: (tf, [x]) => tf.cos(x),
  Tanh: (tf, [x]) => tf.tanh(x),
  Relu: (tf, [x]) => tf.relu(x),
  LeakyRelu: (tf, [x], { alpha }) => tf.leakyRelu(x, alpha),
  Clip: (tf, [x], { min, max }) => tf.clipByValue(x, min, max),
  HardSigmoid: (tf, [x], { alpha, beta }) => tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1),
  MatMul: (tf, [a, b], _, shape) => tf.matMul(withBatches(tf, a, b, shape), withBatches(tf, b, a, shape)),
  Transpose: (tf, [x], { perm }) => tf.transpose(x, [...perm]),
  Reshape: (tf, [x], { shape }) => tf.reshape(x, [...shape]),
  Expand: (tf, [x], { shape }) => expand(tf, x, shape),
  Concat: (tf, inputs, { axis }) => tf.concat([...inputs], axis),
  Slice: (tf, [x], { starts, ends, steps }) =>
    steps.every((step) => step === 1)
      ? tf.slice(
          x,
          [...starts],
          ends.map((end, i) => end - starts[i]),
        )
      : tf.stridedSlice(x, [...starts], [...ends], [...steps]),
  Flip: (tf, [x], { axes }) => tf.reverse(x, [...axes]),
  Pad: (tf, [x], { before, after, value }) =>
    tf.pad(
      x,
      before.map((n, i): [number, number] => [n, after[i]]),
      value,
    ),
  // Axis by axis: WebAssembly adds one number after the other, and over whole images the rounding would show.
  ReduceSum: (tf, [x], { axes }) => [...axes].sort((a, b) => b - a).reduce((sum, axis) => tf.sum(sum, axis, true), x),
  Conv: (tf, [x, weight], attributes) => onChannelsLast(tf, x, (image) => convolve(tf, image, weight, attributes)),
  MaxPool: (tf, [x], { kernel, stride, ceil }, shape) =>
    onChannelsLast(tf, x, (image) => {
      const over = (axis: number) => Math.max(0, (shape[axis + 1] - 1) * stride + kernel - image.shape[axis]);
      const margins = [0, over(1), over(2), 0].map((after): [number, number] => [0, after]);
      return tf.maxPool(ceil ? tf.pad(image, margins, LOWEST) : image, kernel, stride, 'valid');
    }),
  UpsampleNearest: (tf, [x], { scale }) =>
    onChannelsLast(tf, x, (image) =>
      tf.image.resizeNearestNeighbor(image, [image.shape[1] * scale, image.shape[2] * scale]),
    ),
};

/** Runs one operation. The result is the caller's to dispose of; nothing else is left behind. */
export function runKernel(tf: TensorFlow, value: Value<KernelOp>, inputs: readonly Tensor[]): Tensor {
  const kernel = kernels[value.op] as Kernel<OpName>;
  return tf.tidy(() => kernel(tf, inputs, value.attributes as never, value.shape));
}

/** Many times faster than tf.broadcastTo, which tiles. */
const expand = (tf: TensorFlow, x: Tensor, shape: Shape): Tensor => tf.add(x, tf.zeros([...shape]));

/** tf.matMul repeats a single matrix for every one of a batch, but mixes up batches of which both repeat. */
function withBatches(tf: TensorFlow, x: Tensor, other: Tensor, shape: Shape): Tensor {
  const batch = (t: Tensor) => t.shape.slice(0, -2);
  const isPlain = sizeOf(batch(x)) === 1 || sizeOf(batch(other)) === 1 || sameShape(batch(x), batch(other));
  return isPlain ? x : expand(tf, x, [...shape.slice(0, -2), ...x.shape.slice(-2)]);
}

/** [M, C / group, kH, kW] -> [kH, kW, C / group, M]. */
export const convWeights = (tf: TensorFlow, weight: Tensor): Tensor => tf.transpose(weight, [2, 3, 1, 0]);

function onChannelsLast(tf: TensorFlow, x: Tensor, f: (image: Tensor4D) => Tensor): Tensor {
  return tf.transpose(f(tf.transpose(x, [0, 2, 3, 1]) as Tensor4D), [0, 3, 1, 2]);
}

/** image [N, H, W, C], weight [kH, kW, C / group, M]. TensorFlow.js has dense and depthwise convolutions, no groups. */
function convolve(
  tf: TensorFlow,
  image: Tensor4D,
  weight: Tensor,
  { stride, pads, group }: Attributes['Conv'],
): Tensor {
  const [top, left, bottom, right] = pads;
  const strides: [number, number] = [...stride];
  const margins: [[0, 0], [number, number], [number, number], [0, 0]] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  const dense = (x: Tensor, w: Tensor) => tf.conv2d(x as Tensor4D, w as Tensor4D, strides, margins);
  if (group === 1) return dense(image, weight);
  const [kh, kw, perGroup, m] = weight.shape;
  if (perGroup > 1) {
    const weights = tf.split(weight, group, 3);
    return tf.concat(
      tf.split(image, group, 3).map((x, i) => dense(x, weights[i])),
      3,
    );
  }
  const filter = tf.reshape(weight, [kh, kw, group, m / group]) as Tensor4D;
  return tf.depthwiseConv2d(image, filter, strides, margins);
}
