import type { Generator } from '../networks/generator.ts';

/** Where a face lives: its latents in W+ and the noise maps it was drawn with. */
export interface Latent {
  /** [numWs, wDim] */
  readonly ws: Float32Array;
  /** One map [size, size] for each of the generator's noise inputs. */
  readonly noise: readonly Float32Array[];
}

/** One w [wDim] for every layer: [numWs, wDim]. */
export function repeatW(w: Float32Array, numWs: number): Float32Array {
  const out = new Float32Array(numWs * w.length);
  for (let i = 0; i < numWs; i++) out.set(w, i * w.length);
  return out;
}

/**
 * The truncation trick: w [wDim] pulled towards the mean, w_avg + psi * (w - w_avg). Fewer faces, better ones.
 * Source: Karras et al. 2019, https://arxiv.org/abs/1812.04948, section 2.3 of the appendix.
 */
export const truncate = (w: Float32Array, wAvg: Float32Array, psi: number): Float32Array =>
  psi === 1 ? w : w.map((v, i) => wAvg[i] + psi * (v - wAvg[i]));

/**
 * A random face: w [wDim] for every layer, truncated in those layers that the network is truncated in, [numWs, wDim].
 */
export function truncatedWs(
  w: Float32Array,
  wAvg: Float32Array,
  psi: number,
  { numWs, truncatedLayers }: Pick<Generator, 'numWs' | 'truncatedLayers'>,
): Float32Array {
  const ws = repeatW(w, numWs);
  ws.set(repeatW(truncate(w, wAvg, psi), truncatedLayers));
  return ws;
}

/** The mean of ws [numWs, wDim] over its layers: the nearest point of W, [wDim]. Exact where all layers are equal. */
export function meanW(ws: Float32Array, wDim: number): Float32Array {
  const sum = new Float64Array(wDim);
  const numWs = ws.length / wDim;
  for (let i = 0; i < ws.length; i++) sum[i % wDim] += ws[i];
  return Float32Array.from(sum, (s) => s / numWs);
}

export const cloneLatent = ({ ws, noise }: Latent): Latent => ({ ws: ws.slice(), noise: noise.map((m) => m.slice()) });

/** a + t * (b - a), t in 0..1: a straight walk between two faces. */
export function mixLatents(a: Latent, b: Latent, t: number): Latent {
  const mix = (x: Float32Array, y: Float32Array) => x.map((v, i) => v + t * (y[i] - v));
  return { ws: mix(a.ws, b.ws), noise: a.noise.map((map, i) => mix(map, b.noise[i])) };
}
