import { add, constant, leakyRelu, matMul, mul, reshape, slice } from '../graph/ops.ts';
import type { Value } from '../graph/value.ts';
import type { WeightReader } from './weight-reader.ts';

/** StyleGAN's activation: leaky ReLU of slope 0.2, scaled so that it keeps the variance. */
export const LEAK = 0.2;
export const LRELU_GAIN = Math.SQRT2;

/** A fully connected layer of an equalised-learning-rate network: x [N, in] -> [N, out]. */
export interface DenseOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Learning-rate multiplier: scales weight and bias. */
  readonly multiplier?: number;
  readonly activation?: 'linear' | 'lrelu';
  /** Scales the result. */
  readonly gain?: number;
}

/** Reads `weight` [outputs, inputs] and `bias` [outputs] and returns the layer as a function on values. */
export function dense(weights: WeightReader, options: DenseOptions): (x: Value) => Value {
  const { inputs, outputs, multiplier = 1, activation = 'linear', gain = 1 } = options;
  const matrix = transposed(
    weights.read('weight', [outputs, inputs]),
    outputs,
    inputs,
    (multiplier * gain) / Math.sqrt(inputs),
  );
  const bias = weights.read('bias', [outputs]).map((b) => b * multiplier * gain);
  const w = constant(matrix, [inputs, outputs]);
  const b = constant(bias, [1, outputs]);
  return (x) => {
    const y = add(matMul(x, w), b);
    return activation === 'lrelu' ? mul(leakyRelu(y, LEAK), LRELU_GAIN) : y;
  };
}

/** The i-th latent of ws [N, numWs, wDim] -> [N, wDim]. */
export const latentAt = (ws: Value, i: number): Value => reshape(slice(ws, 1, i, i + 1), [ws.shape[0], ws.shape[2]]);

/** [rows, cols] -> [cols, rows], scaled. */
export function transposed(data: Float32Array, rows: number, cols: number, scale = 1): Float32Array {
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) out[c * rows + r] = data[r * cols + c] * scale;
  }
  return out;
}
