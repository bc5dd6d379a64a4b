import { join } from 'node:path';
import { FamiliarError } from '../errors.ts';
import type { Generator } from '../networks/generator.ts';
import { openSafetensors, writeSafetensors } from '../weights/safetensors.ts';
import type { Tensor, TensorFile } from '../weights/tensor-file.ts';
import type { Latent } from './latent.ts';

export const LATENT_FILE = 'latent.safetensors';
export const NOISE_FILE = 'noise.safetensors';

/**
 * Writes a face as two files of a folder: `latent.safetensors` with `wplus` [1, numWs, wDim], and `noise.safetensors`
 * with each noise map [size, size] by the public name of its buffer. Float32, so that reading gives the same face to
 * the bit.
 */
export async function writeLatent(folder: string, generator: Generator, latent: Latent): Promise<void> {
  const { numWs, wDim, noiseMaps } = generator;
  const noise = noiseMaps.map(({ name, size }, i): [string, Tensor] => [
    name,
    { shape: [size, size], data: latent.noise[i] },
  ]);
  await writeSafetensors(join(folder, NOISE_FILE), new Map(noise));
  await writeSafetensors(join(folder, LATENT_FILE), new Map([['wplus', { shape: [1, numWs, wDim], data: latent.ws }]]));
}

/** Reads what `writeLatent` wrote. Throws LATENT_MISMATCH where it belongs to a network of another shape. */
export function readLatent(folder: string, generator: Generator): Latent {
  const { numWs, wDim, noiseMaps } = generator;
  const ws = withFile(join(folder, LATENT_FILE), (file, path) => readExact(file, path, 'wplus', [1, numWs, wDim]));
  const noise = withFile(join(folder, NOISE_FILE), (file, path) =>
    noiseMaps.map(({ name, size }) => readExact(file, path, name, [size, size])),
  );
  return { ws, noise };
}

function readExact(file: TensorFile, path: string, name: string, shape: readonly number[]): Float32Array {
  const stored = file.tensors.get(name)?.shape;
  if (stored === undefined || stored.length !== shape.length || stored.some((d, i) => d !== shape[i])) {
    throw new FamiliarError(
      'LATENT_MISMATCH',
      `${path}: '${name}' is ${stored ? `[${stored}]` : 'missing'} where this face pack needs [${shape}]. The face was made with another pack.`,
    );
  }
  return file.read(name);
}

function withFile<T>(path: string, use: (file: TensorFile, path: string) => T): T {
  const file = openSafetensors(path);
  try {
    return use(file, path);
  } finally {
    file.close();
  }
}
