import type { FacePack } from '../networks/face-pack.ts';
import { likeness } from '../projection/likeness.ts';
import { createProjector } from '../projection/projector.ts';
import { presets } from '../projection/settings.ts';
import type { Runtime } from '../runtime/runtime.ts';

export const likenessLevels = [0.4, 0.6, 0.7] as const;

export interface PackBench {
  readonly pack: string;
  readonly engine: string;
  readonly resolution: number;
  readonly stepsPerSecond: number;
  /** Milliseconds of a step among the first face's and the last face's steps, medians. */
  readonly stepMs: { readonly first: number; readonly last: number };
  /** Resident memory after the first and after the last face, bytes. */
  readonly memory: { readonly first: number; readonly last: number };
  readonly faces: number;
  /** Mean seconds until a face was as like its portrait as this, and how many of the faces came so far. */
  readonly levels: readonly { readonly likeness: number; readonly seconds: number | null; readonly reached: number }[];
}

/** Projects targets [3, R, R] one from the other with the `chain` preset, `rounds` times over, and measures. */
export async function benchPack(
  pack: FacePack,
  runtime: Runtime,
  targets: readonly Float32Array[],
  { rounds = 1, steps = presets.chain.steps as number } = {},
): Promise<PackBench> {
  const projector = await createProjector(runtime, pack.generator, pack, presets.chain);
  const mean = projector.meanLatent(0);
  let latent = mean;
  let count = 0;
  let seconds = 0;
  const stepMs: number[] = [];
  const memory: number[] = [];
  const reached = likenessLevels.map((): number[] => []);
  const all = Array.from({ length: rounds }, () => targets).flat();
  for (const [i, target] of all.entries()) {
    const { perceptual: meanFaceDistance } = await projector.look(target, mean);
    const began = performance.now();
    let at = began;
    const times: number[] = [];
    const open = new Set(likenessLevels.keys());
    for await (const step of projector.project({ target, start: latent, isWarm: i > 0, seed: 0, steps })) {
      const now = performance.now();
      times.push(now - at);
      at = now;
      latent = step.latent;
      for (const k of open) {
        if (likeness(step.perceptual, meanFaceDistance) < likenessLevels[k]) continue;
        reached[k].push((now - began) / 1000);
        open.delete(k);
      }
    }
    seconds += (at - began) / 1000;
    count += times.length;
    stepMs.push(times.sort((a, b) => a - b)[times.length >> 1]);
    memory.push(process.memoryUsage.rss());
  }
  await projector.dispose();
  return {
    pack: pack.description.name,
    engine: runtime.name,
    resolution: pack.generator.resolution,
    stepsPerSecond: count / seconds,
    stepMs: { first: stepMs[0], last: stepMs[stepMs.length - 1] },
    memory: { first: memory[0], last: memory[memory.length - 1] },
    faces: all.length,
    levels: likenessLevels.map((level, k) => ({
      likeness: level,
      seconds: reached[k].length === 0 ? null : reached[k].reduce((a, b) => a + b, 0) / reached[k].length,
      reached: reached[k].length,
    })),
  };
}
