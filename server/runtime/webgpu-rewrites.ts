import { concat, pad, pad2d, reshape, slice, transpose } from '../graph/ops.ts';
import type { RewriteRules } from '../graph/rewrite.ts';
import { type Attributes, makeValue, type Value } from '../graph/value.ts';

/**
 * How graphs must be written for onnxruntime's WebGPU provider (1.30), which has no kernel for SpaceToDepth and computes
 * wrong numbers for convolutions of some shapes, found by sweeping channels, groups, pads and strides.
 */
export const webgpuRewrites: RewriteRules = {
  SpaceToDepth: ({ attributes: { block }, shape }, [x]) => {
    const [n, c, height, width] = x.shape;
    const blocks = reshape(x, [n, c, height / block, block, width / block, block]);
    return reshape(transpose(blocks, [0, 3, 5, 1, 2, 4]), shape);
  },
  Conv: ({ attributes }, [x, weight]) => {
    const { group, stride, pads } = attributes;
    const [m, channels, ...kernel] = weight.shape;
    const perGroup = m / group;
    // Four outputs are computed at once, of which all get the first one's group.
    if (group > 1 && m % 4 === 0 && perGroup > 4 && perGroup % 4 !== 0) {
      const one = { ...attributes, group: 1 };
      return byGroup(group, x, (part, i) => dense(part, slice(weight, 0, i * perGroup, (i + 1) * perGroup), one));
    }
    // Padded at the far edges only, it is run as a matrix product that forgets the padding. Padding the result is the
    // same; padding the operand would be fused back into the convolution.
    if ([...kernel, ...stride].every((n) => n === 1) && pads.some((n) => n !== 0)) {
      return pad2d(makeValue('Conv', [x, weight], { ...attributes, pads: [0, 0, 0, 0] }), pads);
    }
    return group === 1 && isMisread(channels, m, kernel) ? dense(x, weight, attributes) : undefined;
  },
  ConvTranspose: ({ attributes }, [x, weight]) => {
    const { group } = attributes;
    const [channels, perGroup] = weight.shape;
    const size = channels / group;
    if (group === 1 || perGroup > 1 || size === 1) return undefined;
    const one = { ...attributes, group: 1 };
    return byGroup(group, x, (part, i) =>
      makeValue('ConvTranspose', [part, slice(weight, 0, i * size, (i + 1) * size)], one),
    );
  },
};

/** Three channels at a time are read where three divides their number, right only for three: images. */
const isMisread = (channels: number, outputs: number, kernel: readonly number[]): boolean =>
  channels > 3 && channels % 3 === 0 && channels % 4 !== 0 && outputs % 4 === 0 && kernel.some((n) => n !== 1);

/** A convolution in one group, with channels of zeros up to a multiple of four where it would be misread. */
function dense(x: Value, weight: Value, attributes: Attributes['Conv']): Value {
  const [m, channels, ...kernel] = weight.shape;
  const zeros = [0, isMisread(channels, m, kernel) ? 4 - (channels % 4) : 0, 0, 0];
  const none = [0, 0, 0, 0];
  return makeValue('Conv', [pad(x, none, zeros), pad(weight, none, zeros)], attributes);
}

/** Applies a function to each group of channels and puts the results side by side. */
function byGroup(group: number, x: Value, f: (part: Value, i: number) => Value): Value {
  const size = x.shape[1] / group;
  return concat(
    Array.from({ length: group }, (_, i) => f(slice(x, 1, i * size, (i + 1) * size), i)),
    1,
  );
}
