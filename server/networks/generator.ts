import type { Value } from '../graph/value.ts';

/** One noise input of a synthesis network: a square map that its layer scales and adds to every channel. */
export interface NoiseMap {
  /** The public name of its buffer, e.g. 'b64.conv1.noise_const'. */
  readonly name: string;
  /** Sides in pixels. */
  readonly size: number;
  /** The map the network was trained with and shipped with, [size, size]. */
  readonly stored: Float32Array;
}

/** Noise of a synthesis: none, or one value [1, 1, size, size] (or [N, 1, size, size]) for each of the generator's maps. */
export type NoiseInputs = 'none' | readonly Value[];

/** A StyleGAN of any generation, as graphs. Everything is float32 and images are [N, 3, R, R] in about -1..1. */
export interface Generator {
  readonly architecture: string;
  /** Sides of the image in pixels. */
  readonly resolution: number;
  readonly zDim: number;
  readonly wDim: number;
  /** Number of class labels; 0 for an unconditional network. */
  readonly cDim: number;
  /** Number of latents in W+. */
  readonly numWs: number;
  /** Random faces are truncated in so many of the first layers; the others keep the variety of their details. */
  readonly truncatedLayers: number;
  readonly noiseMaps: readonly NoiseMap[];
  /** The tracked mean latent that truncation pulls towards, [wDim]. */
  readonly wAvg: Float32Array;
  /** z [N, zDim], labels c [N, cDim] where cDim > 0 -> w [N, wDim], not truncated. */
  mapping(z: Value, c?: Value): Value;
  /** ws [N, numWs, wDim] -> image [N, 3, R, R]. */
  synthesis(ws: Value, noise: NoiseInputs): Value;
}
