import type { TensorFile } from '../weights/tensor-file.ts';
import type { Generator } from './generator.ts';
import { WeightReader } from './weight-reader.ts';

/** Directions in latent space by name, each [numWs * wDim]. */
export type PackDirections = ReadonlyMap<string, Float32Array>;

/** One latent for each layer from one for all: [wDim] -> [numWs * wDim]; what is long enough stays. */
export function forEveryLayer(latent: Float32Array, { numWs, wDim }: Pick<Generator, 'numWs' | 'wDim'>): Float32Array {
  if (latent.length !== wDim) return latent;
  const out = new Float32Array(numWs * wDim);
  for (let i = 0; i < numWs; i++) out.set(latent, i * wDim);
  return out;
}

/** Reads every tensor as a direction, [wDim] or [numWs, wDim]. Throws WEIGHTS_* where one does not fit the generator. */
export function readDirections(file: TensorFile, source: string, generator: Generator): PackDirections {
  const { numWs, wDim } = generator;
  const weights = new WeightReader(file, source);
  return new Map(
    [...file.tensors].map(([name, { shape }]) => [
      name,
      forEveryLayer(weights.read(name, shape.length === 1 ? [wDim] : [numWs, wDim]), generator),
    ]),
  );
}
