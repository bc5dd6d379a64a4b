import type { FacePack } from '../networks/face-pack.ts';
import type { PerceptualNetwork } from '../networks/perceptual.ts';
import { createComparer } from '../projection/compare.ts';
import { likeness } from '../projection/likeness.ts';
import { createProjector, type ProjectionStep } from '../projection/projector.ts';
import type { ProjectionSettings } from '../projection/settings.ts';
import type { Runtime } from '../runtime/runtime.ts';

export const likenessLevels = [0.6, 0.8, 0.9] as const;

export interface PackBenchOptions {
  readonly settings: ProjectionSettings;
  /** Times round the targets. */
  readonly rounds: number;
  /** Where each face starts. */
  readonly from: 'mean' | 'previous';
  /** A network that took no part in the search, for a distance that nothing was optimised for. */
  readonly judge?: PerceptualNetwork;
  /** Largest side at which the judge looks, px. */
  readonly judgeSize?: number;
}

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
  /** Mean distance of the finished faces to their portraits: by the pack's own network, and by the judge. */
  readonly distance: {
    readonly pack: number;
    readonly judge: { readonly network: string; readonly mean: number } | null;
  };
  /** Mean seconds until a face was as like its portrait as this, and how many of the faces came so far. */
  readonly levels: readonly { readonly likeness: number; readonly seconds: number | null; readonly reached: number }[];
}

/** Projects targets [3, R, R] one after the other and measures. */
export async function benchPack(
  pack: FacePack,
  runtime: Runtime,
  targets: readonly Float32Array[],
  { settings, rounds, from, judge, judgeSize }: PackBenchOptions,
): Promise<PackBench> {
  const { resolution } = pack.generator;
  const projector = await createProjector(runtime, pack.generator, pack, settings);
  const comparer = judge ? await createComparer(runtime, judge, resolution, resolution, judgeSize) : undefined;
  const mean = projector.meanLatent(0);
  let latent = mean;
  let count = 0;
  let seconds = 0;
  const stepMs: number[] = [];
  const memory: number[] = [];
  const ownDistances: number[] = [];
  const judged: number[] = [];
  const reached = likenessLevels.map((): number[] => []);
  const all = Array.from({ length: rounds }, () => targets).flat();
  for (const [i, target] of all.entries()) {
    const { perceptual: meanFaceDistance } = await projector.look(target, mean);
    const isWarm = from === 'previous' && i > 0;
    const began = performance.now();
    let at = began;
    const times: number[] = [];
    const open = new Set(likenessLevels.keys());
    let last: ProjectionStep | undefined;
    for await (const step of projector.project({ target, start: isWarm ? latent : mean, isWarm, seed: 0 })) {
      const now = performance.now();
      times.push(now - at);
      at = now;
      last = step;
      for (const k of open) {
        if (likeness(step.perceptual, meanFaceDistance) < likenessLevels[k]) continue;
        reached[k].push((now - began) / 1000);
        open.delete(k);
      }
    }
    if (last === undefined) continue;
    latent = last.latent;
    ownDistances.push(last.perceptual);
    if (comparer) judged.push(await comparer.distance(last.image, target));
    seconds += (at - began) / 1000;
    count += times.length;
    stepMs.push(times.sort((a, b) => a - b)[times.length >> 1]);
    memory.push(process.memoryUsage.rss());
  }
  await comparer?.dispose();
  await projector.dispose();
  return {
    pack: pack.description.name,
    engine: runtime.name,
    resolution,
    stepsPerSecond: count / seconds,
    stepMs: { first: stepMs[0], last: stepMs[stepMs.length - 1] },
    memory: { first: memory[0], last: memory[memory.length - 1] },
    faces: all.length,
    distance: {
      pack: average(ownDistances),
      judge: judge ? { network: judge.name, mean: average(judged) } : null,
    },
    levels: likenessLevels.map((level, k) => ({
      likeness: level,
      seconds: reached[k].length === 0 ? null : average(reached[k]),
      reached: reached[k].length,
    })),
  };
}

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
