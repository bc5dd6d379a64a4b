import { turned } from '../graph/conv-gradients.ts';
import { mul, reduceSum, reshape, slice, transpose } from '../graph/ops.ts';
import { zeroInsert } from '../graph/pool-gradients.ts';
import { makeValue, type OpName, type Pads, type Value } from '../graph/value.ts';

/** Operations that TensorFlow.js lacks, or runs slowly through WebAssembly, written in others. */
export const tensorflowRewrites = {
  /** As a convolution of the zero-stuffed image: the transposed kernel of WebAssembly is several times slower. */
  ConvTranspose: ({ attributes: { stride, pads, outputPadding, group } }, [x, weight]) => {
    const [, , kh, kw] = weight.shape;
    const dense = zeroInsert(x, [1, 1, ...stride]);
    const kernel = [kh, kw, kh, kw];
    const margins = pads.map((p, i) => kernel[i] - 1 - p + (i < 2 ? 0 : outputPadding[i - 2] - (stride[i - 2] - 1)));
    const grown = margins.map((m) => Math.max(0, m)) as unknown as Pads;
    const [top, left, bottom, right] = margins.map((m) => Math.max(0, -m));
    const [, , height, width] = dense.shape;
    const cut = slice(slice(dense, 2, top, height - bottom), 3, left, width - right);
    return makeValue('Conv', [cut, turned(weight, group)], { stride: [1, 1], pads: grown, group });
  },
  AveragePool: ({ attributes: { kernel }, shape }, [x]) => {
    const [n, c, rows, columns] = shape;
    const windows = reshape(x, [n * c, rows, kernel, columns, kernel]);
    return reshape(mul(reduceSum(windows, [2, 4]), 1 / kernel ** 2), shape);
  },
  SpaceToDepth: ({ attributes: { block }, shape }, [x]) => {
    const [n, c, height, width] = x.shape;
    const blocks = reshape(x, [n, c, height / block, block, width / block, block]);
    return reshape(transpose(blocks, [0, 3, 5, 1, 2, 4]), shape);
  },
  DepthToSpace: ({ attributes: { block }, shape }, [x]) => {
    const [n, depth, height, width] = x.shape;
    const blocks = reshape(x, [n, block, block, depth / block ** 2, height, width]);
    return reshape(transpose(blocks, [0, 3, 4, 1, 5, 2]), shape);
  },
} satisfies { [K in OpName]?: (value: Value<K>, inputs: readonly Value[]) => Value };

/** The operations that no kernel is needed for. */
export type RewrittenOp = keyof typeof tensorflowRewrites;
