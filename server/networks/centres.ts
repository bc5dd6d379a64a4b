import { FamiliarError } from '../errors.ts';
import type { TensorFile } from '../weights/tensor-file.ts';
import { WeightReader } from './weight-reader.ts';

/** More would cost memory and time for each random face, and bring nothing. */
const mostCentres = 4096;

/**
 * Reads a pack's centres, the tensor `centres` [count, wDim]; -> each [wDim].
 * Throws WEIGHTS_* where it is missing, holds NaN or does not fit, and PACK_INVALID where there are too many.
 */
export function readCentres(file: TensorFile, path: string, wDim: number): Float32Array[] {
  const count = file.tensors.get('centres')?.shape[0] ?? 0;
  if (count > mostCentres) {
    throw new FamiliarError('PACK_INVALID', `${path}: it holds ${count} centres; ${mostCentres} are the most.`);
  }
  const values = new WeightReader(file, path).read('centres', [Math.max(1, count), wDim]);
  return Array.from({ length: count }, (_, i) => values.slice(i * wDim, (i + 1) * wDim));
}

/**
 * A random face near a centre: centre + psi * (w - mean), [wDim]. Truncation towards one mean makes faces alike; around
 * many centres they vary and stay where the network is good. Seeds one after the other get different centres.
 */
export function nearCentre(
  w: Float32Array,
  mean: Float32Array,
  centres: readonly Float32Array[],
  seed: number,
  psi: number,
): Float32Array {
  const centre = centres[seed % centres.length];
  return centre.map((v, i) => v + psi * (w[i] - mean[i]));
}
