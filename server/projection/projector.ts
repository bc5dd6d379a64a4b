import type { Generator } from '../networks/generator.ts';
import type { CompiledGraph, Runtime } from '../runtime/runtime.ts';
import { become, type Moment } from './become.ts';
import { cloneLatent, type Latent, repeatW } from './latent.ts';
import { buildObjective, type LossNetworks } from './objective.ts';
import { project, view } from './project.ts';
import { RandomState } from './random.ts';
import { rememberedStatistics } from './remembered-statistics.ts';
import type { ProjectionSettings } from './settings.ts';
import { type WStatistics, wStatistics } from './w-statistics.ts';

/** A latent, drawn and measured against a portrait. */
export interface Seen {
  /** [3, R, R] in about -1..1. */
  readonly image: Float32Array;
  readonly loss: number;
  /** Distance through the pack's perceptual network. */
  readonly perceptual: number;
  /** Mean squared difference of pixels in -1..1. */
  readonly mse: number;
  /** What `image` was made from; a copy, which the caller may keep. */
  readonly latent: Latent;
}

/** What one step shows. */
export interface ProjectionStep extends Seen {
  /** 0 is the start, before anything was changed. */
  readonly step: number;
  /** The best so far. */
  readonly best: { readonly step: number; readonly loss: number };
  /** True for the last step, whose latent is the result. */
  readonly isLast: boolean;
}

export interface ProjectionRequest {
  /** The aligned portrait [3, R, R] in -1..1. */
  readonly target: Float32Array;
  readonly start: Latent;
  /** Whether `start` is a face that was shown before rather than the mean. */
  readonly isWarm: boolean;
  readonly seed: number;
  /** Overrides the settings' number. */
  readonly steps?: number;
  /**
   * How far the search is when it comes to a step, 0..1 and never falling; 1 ends it. By default step / steps; the live
   * piece measures time instead, so that a faster engine makes more steps of the same search.
   */
  readonly progress?: (step: number) => number;
  /**
   * Steps over which the rate rises to the schedule's; 0 where not given. A search that goes on where another was cut
   * off has an optimiser without memory, whose first steps at full rate would be leaps.
   */
  readonly easeIn?: number;
  readonly signal?: AbortSignal;
}

/** A compiled projection: made once for a pack and settings, used for every visitor. */
export interface Projector {
  readonly generator: Generator;
  readonly statistics: WStatistics;
  /** The mean face, with the noise maps the network was shipped with (or fresh ones where they are optimised). */
  meanLatent(seed: number): Latent;
  /** All zeros in W+: the 2019 piece's start. */
  zeroLatent(seed: number): Latent;
  /** Moves a latent step by step towards a portrait. Ends quietly when the signal is aborted. */
  project(request: ProjectionRequest): AsyncGenerator<ProjectionStep, void, void>;
  /** The same as people see it: a face that moves evenly to what the search finds. Ends quietly as well. */
  become(request: ProjectionRequest): AsyncGenerator<Moment, void, void>;
  /** Draws a latent as it is and measures it against a portrait. */
  look(target: Float32Array, latent: Latent): Promise<Seen>;
  dispose(): Promise<void>;
}

/** The compiled parts that a running projection uses. */
export interface Machinery {
  readonly generator: Generator;
  readonly statistics: WStatistics;
  readonly settings: ProjectionSettings;
  readonly target: CompiledGraph;
  readonly step: CompiledGraph;
  readonly view: CompiledGraph;
}

export interface ProjectorOptions {
  /** Folder to remember the statistics of W in, see `rememberedStatistics`; without it they are measured each time. */
  readonly cache?: string;
}

/** Compiles everything a projection needs. Throws what the runtime throws where it cannot. */
export async function createProjector(
  runtime: Runtime,
  generator: Generator,
  networks: LossNetworks,
  settings: ProjectionSettings,
  { cache }: ProjectorOptions = {},
): Promise<Projector> {
  const objective = buildObjective(generator, networks, settings);
  const statistics = await (cache === undefined
    ? wStatistics(runtime, generator)
    : rememberedStatistics(runtime, generator, cache));
  const target = await runtime.compile(objective.target);
  const step = await runtime.compile(objective.step);
  const seen = await runtime.compile(objective.view);
  const machinery: Machinery = { generator, statistics, settings, target, step, view: seen };

  const noise = (seed: number): Float32Array[] => {
    if (settings.noiseMaps.mode === 'fixed') return generator.noiseMaps.map((map) => map.stored);
    const random = new RandomState(seed);
    return generator.noiseMaps.map((map) => random.normals(map.size ** 2));
  };
  return {
    generator,
    statistics,
    meanLatent: (seed) => cloneLatent({ ws: repeatW(statistics.mean, generator.numWs), noise: noise(seed) }),
    zeroLatent: (seed) => cloneLatent({ ws: new Float32Array(generator.numWs * generator.wDim), noise: noise(seed) }),
    project: (request) => project(machinery, request),
    become: (request) => become(machinery, request),
    look: async (portrait, latent) => view(machinery, await target.run({ target: portrait }), latent),
    dispose: async () => {
      await seen.dispose();
      await step.dispose();
      await target.dispose();
    },
  };
}
