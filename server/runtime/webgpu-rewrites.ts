import { pad2d, reshape, transpose } from '../graph/ops.ts';
import type { RewriteRules } from '../graph/rewrite.ts';
import { makeValue } from '../graph/value.ts';

/** How graphs must be written for onnxruntime's WebGPU provider. */
export const webgpuRewrites: RewriteRules = {
  // There is no kernel for it.
  SpaceToDepth: ({ attributes: { block }, shape }, [x]) => {
    const [n, c, height, width] = x.shape;
    const blocks = reshape(x, [n, c, height / block, block, width / block, block]);
    return reshape(transpose(blocks, [0, 3, 5, 1, 2, 4]), shape);
  },
  // A 1x1 convolution padded only at the far edges is run as a matrix product that forgets the padding. Padding the
  // result instead is the same; padding the operand would be fused back into the convolution.
  Conv: ({ attributes }, [x, weight]) => {
    const { stride, pads, group } = attributes;
    const isPointwise = [...weight.shape.slice(2), ...stride].every((n) => n === 1);
    if (!isPointwise || pads.every((n) => n === 0)) return undefined;
    return pad2d(makeValue('Conv', [x, weight], { stride, pads: [0, 0, 0, 0], group }), pads);
  },
};
