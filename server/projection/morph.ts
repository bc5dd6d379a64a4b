import { type Latent, meanW, repeatW } from './latent.ts';

/**
 * How a face is shown on its way to another. The latents of a search reach a likeness early and then hardly move, and its
 * noise maps show two people at once while one replaces the other. A morph is drawn between the two states instead:
 *
 * - what all layers share (the mean over layers, a point of W) moves over the whole time;
 * - what single layers add to it, and the noise maps, leave with the old face early and come with the new one late, so
 *   that the middle lies nearer to W, where the generator draws one face.
 */
export interface MorphTiming {
  /** The first part of the way (0..1) turns the old noise maps into the pack's own, the last one those into the new. */
  readonly noise: number;
  /** The same for what the layers add. More than 0.5 overlaps. */
  readonly layers: number;
  /** Share (0..1) of what the layers add that moves evenly instead: 0 passes through W, where faces are alike. */
  readonly even: number;
}

/**
 * The state at a part t (0..1) of the way between two faces: at 0 the old one and at 1 the new one, to the bit.
 *
 * @param rest the pack's own noise maps, one for each of the generator's inputs
 * @param wDim numbers of one latent; `ws` holds [numWs, wDim]
 */
export function morph(
  from: Latent,
  to: Latent,
  rest: readonly Float32Array[],
  wDim: number,
  timing: MorphTiming,
  t: number,
): Latent {
  if (t <= 0) return from;
  if (t >= 1) return to;
  const layers = leavingAndComing(timing.layers, t);
  const leaving = timing.even * (1 - t) + (1 - timing.even) * layers.leaving;
  const coming = timing.even * t + (1 - timing.even) * layers.coming;
  const numWs = from.ws.length / wDim;
  const [a, b] = [from, to].map(({ ws }) => repeatW(meanW(ws, wDim), numWs));
  const ws = from.ws.map((v, i) => a[i] + t * (b[i] - a[i]) + leaving * (v - a[i]) + coming * (to.ws[i] - b[i]));
  const noise = leavingAndComing(timing.noise, t);
  return { ws, noise: rest.map((map, i) => blendNoise(map, from.noise[i], noise.leaving, to.noise[i], noise.coming)) };
}

/** Weights are of variance: a plain mean of independent maps is weaker than each, and its picture blurred. */
function blendNoise(
  rest: Float32Array,
  from: Float32Array,
  leaving: number,
  to: Float32Array,
  coming: number,
): Float32Array {
  const [a, b, c] = [leaving, coming, Math.max(0, 1 - leaving - coming)].map(Math.sqrt);
  return rest.map((v, i) => a * from[i] + b * to[i] + c * v);
}

/** Weights of the old over the first `part` of the way, and of the new over the last. */
const leavingAndComing = (part: number, t: number) => ({
  leaving: 1 - smooth(t / part),
  coming: smooth((t - 1 + part) / part),
});

/** Rises from 0 to 1, level at both ends; clamped outside 0..1. */
function smooth(t: number): number {
  const x = Math.min(1, Math.max(0, t));
  return x * x * (3 - 2 * x);
}
