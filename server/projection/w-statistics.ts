import { input } from '../graph/ops.ts';
import type { Generator } from '../networks/generator.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { RandomState } from './random.ts';

export interface WStatistics {
  /** Mean latent, [wDim]. */
  readonly mean: Float32Array;
  /** Root of the mean squared distance to it: one number, as the official projector has it. */
  readonly std: number;
}

const BATCH = 500;

/**
 * The mean and spread of W over `samples` random latents. With the default seed and count these are the statistics of
 * the official projector (numpy RandomState(123), 10,000 latents). Of a conditional network, one class (`ofClass`).
 */
export async function wStatistics(
  runtime: Runtime,
  generator: Generator,
  { samples = 10_000, seed = 123 } = {},
): Promise<WStatistics> {
  const { zDim, wDim } = generator;
  const graph = await runtime.compile({ outputs: { w: generator.mapping(input('z', [BATCH, zDim])) } });
  const random = new RandomState(seed);
  const sum = new Float64Array(wDim);
  const latents: Float32Array[] = [];
  for (let done = 0; done < samples; done += BATCH) {
    const count = Math.min(BATCH, samples - done);
    const z = new Float32Array(BATCH * zDim);
    z.set(random.normals(count * zDim));
    const { w } = await graph.run({ z });
    latents.push(w.subarray(0, count * wDim));
  }
  await graph.dispose();
  for (const w of latents) {
    for (let i = 0; i < w.length; i++) sum[i % wDim] += w[i];
  }
  const mean = Float32Array.from(sum, (s) => s / samples);
  let squares = 0;
  for (const w of latents) {
    for (let i = 0; i < w.length; i++) squares += (w[i] - mean[i % wDim]) ** 2;
  }
  return { mean, std: Math.sqrt(squares / samples) };
}
