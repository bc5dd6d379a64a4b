import { FamiliarError } from '../errors.ts';
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

/**
 * What to add to a face [numWs, wDim] to bend it so far in each direction, by name; null where that is nothing. Names
 * that the pack does not know and what is no number count as 0.
 */
export function bendOf(directions: PackDirections, amounts: Readonly<Record<string, number>>): Float32Array | null {
  let bend: Float32Array | null = null;
  for (const [name, amount] of Object.entries(amounts)) {
    const direction = directions.get(name);
    if (direction === undefined || !Number.isFinite(amount) || amount === 0) continue;
    bend ??= new Float32Array(direction.length);
    for (let i = 0; i < bend.length; i++) bend[i] += amount * direction[i];
  }
  return bend;
}

/** A face [numWs, wDim] bent; itself where there is nothing to add. */
export const bent = (ws: Float32Array, bend: Float32Array | null): Float32Array =>
  bend === null ? ws : ws.map((value, i) => value + bend[i]);

/** Names of directions are those of sliders, of OSC addresses and of lines in installation.yaml. */
export const directionName = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * Reads every tensor as a direction, [wDim] or [numWs, wDim]. Throws WEIGHTS_* where one does not fit the generator and
 * DIRECTION_NAME where it cannot be called as it is.
 */
export function readDirections(file: TensorFile, source: string, generator: Generator): PackDirections {
  const { numWs, wDim } = generator;
  const weights = new WeightReader(file, source);
  const wrong = [...file.tensors.keys()].find((name) => !directionName.test(name));
  if (wrong !== undefined) {
    throw new FamiliarError(
      'DIRECTION_NAME',
      `${source}: a direction is called '${wrong.slice(0, 60)}'. Names have lower-case letters, digits and dashes, such as head-turn.`,
    );
  }
  return new Map(
    [...file.tensors].map(([name, { shape }]) => [
      name,
      forEveryLayer(weights.read(name, shape.length === 1 ? [wDim] : [numWs, wDim]), generator),
    ]),
  );
}
