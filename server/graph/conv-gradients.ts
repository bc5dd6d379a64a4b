import { flip, reshape, transpose } from './ops.ts';
import { GraphError, makeValue, type Pads, type Value } from './value.ts';

/**
 * Gradients of convolutions with respect to their images, as convolutions with the same weights. The weights are turned
 * inside the graph, so that a model file holds each once; runtimes fold the turned copy into a constant at load.
 * Weights are constants throughout this project: asking for their gradient is a mistake.
 */
export function convGradients(y: Value<'Conv'>, g: Value, wanted: readonly boolean[]): [Value, undefined] {
  const [x, weight] = y.inputs;
  refuseWeights(wanted);
  const { stride, pads, group } = y.attributes;
  const [kh, kw] = weight.shape.slice(2);
  const isPlain = stride[0] === 1 && stride[1] === 1;
  if (isPlain && pads.every((p, i) => p < (i % 2 === 0 ? kh : kw))) {
    // Full correlation with the flipped, channel-transposed kernel: the form with the fast blocked-layout kernels.
    const [top, left, bottom, right] = pads;
    const full: Pads = [kh - 1 - top, kw - 1 - left, kh - 1 - bottom, kw - 1 - right];
    return [makeValue('Conv', [g, turned(weight, group)], { stride: [1, 1], pads: full, group }), undefined];
  }
  // Rows and columns that no window reached because the stride did not divide the size.
  const rest = (i: 0 | 1) => (x.shape[2 + i] + pads[i] + pads[2 + i] - weight.shape[2 + i]) % stride[i];
  const attributes = { stride, pads, outputPadding: [rest(0), rest(1)] as const, group };
  return [makeValue('ConvTranspose', [g, weight], attributes), undefined];
}

/**
 * The gradient of a transposed convolution is the convolution it transposes. Output padding needs no care: it is less
 * than the stride, so that no window of that convolution begins in it.
 */
export function convTransposeGradients(
  y: Value<'ConvTranspose'>,
  g: Value,
  wanted: readonly boolean[],
): [Value, undefined] {
  refuseWeights(wanted);
  const { stride, pads, group } = y.attributes;
  return [makeValue('Conv', [g, y.inputs[1]], { stride, pads, group }), undefined];
}

/** [M, C / group, kH, kW] -> [C, M / group, kH, kW] with both kernel axes reversed: the transposed kernel. */
export function turned(weight: Value, group: number): Value {
  const [m, cg, kh, kw] = weight.shape;
  const grouped = reshape(weight, [group, m / group, cg, kh, kw]);
  const swapped = reshape(transpose(grouped, [0, 2, 1, 3, 4]), [group * cg, m / group, kh, kw]);
  return kh === 1 && kw === 1 ? swapped : flip(swapped, [2, 3]);
}

function refuseWeights(wanted: readonly boolean[]): void {
  if (wanted[1]) throw new GraphError('convolution weights are constants and have no gradient');
}
