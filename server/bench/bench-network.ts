import { nominalFlops } from '../graph/flops.ts';
import { input } from '../graph/ops.ts';
import type { Generator } from '../networks/generator.ts';
import { loadLpips } from '../networks/lpips.ts';
import { loadStyleGan2 } from '../networks/stylegan2.ts';
import { WeightReader } from '../networks/weight-reader.ts';
import { repeatW } from '../projection/latent.ts';
import { buildObjective } from '../projection/objective.ts';
import { RandomState } from '../projection/random.ts';
import { presets } from '../projection/settings.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { randomStyleGan2, randomVggLpips } from './random-networks.ts';

/** Networks of the sizes that are in use; weights are random, the loss is LPIPS in VGG16's shape at 256 px. */
export const benchNetworks = {
  'stylegan2-64': { resolution: 64, channelBase: 4096, channelMax: 128 },
  'stylegan2-128': { resolution: 128, channelBase: 8192, channelMax: 256 },
  'stylegan2-256': { resolution: 256, channelBase: 16384, channelMax: 512 },
  'stylegan2-512': { resolution: 512, channelBase: 32768, channelMax: 512 },
  'stylegan2-1024': { resolution: 1024, channelBase: 32768, channelMax: 512 },
} as const;

export type BenchNetwork = keyof typeof benchNetworks;

export interface NetworkBench {
  readonly network: BenchNetwork;
  readonly engine: string;
  /** Seconds to compile the forward graph and the step graph. */
  readonly compileSeconds: { readonly forward: number; readonly step: number };
  /** Medians of wall-clock seconds. */
  readonly forwardSeconds: number;
  readonly stepSeconds: number;
  /** Nominal GFLOP of a step, and a second. */
  readonly stepGflop: number;
  readonly gflopPerSecond: number;
  /** Resident memory of the process at the end, bytes. */
  readonly memory: number;
}

/** Measures one network: `runs` timed runs after two that warm up. */
export async function benchNetwork(network: BenchNetwork, runtime: Runtime, runs = 7): Promise<NetworkBench> {
  const generator = loadStyleGan2(randomStyleGan2(benchNetworks[network]), network, {
    mappingMultiplier: 1,
    convClamp: null,
  });
  const perceptual = loadLpips(new WeightReader(randomVggLpips(), 'random VGG16'));
  const settings = { ...presets.projector, space: 'w+' } as const;
  const objective = buildObjective(generator, { perceptual }, settings);
  const feeds = randomFeeds(generator);

  const [forward, forwardCompile] = await timed(() => runtime.compile(forwardGraph(generator)));
  const forwardSeconds = await median(() => forward.run(feeds), runs);
  await forward.dispose();

  const target = await runtime.compile(objective.target);
  const seen = await target.run({ target: new RandomState(2).normals(3 * generator.resolution ** 2) });
  await target.dispose();
  const [step, stepCompile] = await timed(() => runtime.compile(objective.step));
  const stepSeconds = await median(() => step.run({ ...feeds, ...seen }), runs);
  const memory = process.memoryUsage.rss();
  await step.dispose();
  const stepGflop = nominalFlops(objective.step) / 1e9;
  return {
    network,
    engine: runtime.name,
    compileSeconds: { forward: forwardCompile, step: stepCompile },
    forwardSeconds,
    stepSeconds,
    stepGflop,
    gflopPerSecond: stepGflop / stepSeconds,
    memory,
  };
}

function forwardGraph(generator: Generator) {
  const ws = input('ws', [1, generator.numWs, generator.wDim]);
  const noise = generator.noiseMaps.map(({ size }, i) => input(`noise.${i}`, [1, 1, size, size]));
  return { outputs: { image: generator.synthesis(ws, noise) } };
}

function randomFeeds(generator: Generator): Record<string, Float32Array> {
  const noise = generator.noiseMaps.map((map, i): [string, Float32Array] => [`noise.${i}`, map.stored]);
  const w = new RandomState(1).normals(generator.wDim);
  return { ws: repeatW(w, generator.numWs), ...Object.fromEntries(noise) };
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  const result = await work();
  return [result, (performance.now() - began) / 1000];
}

/** Median seconds. The second run of a session is still slow: two are thrown away. */
async function median(work: () => Promise<unknown>, runs: number): Promise<number> {
  for (let i = 0; i < 2; i++) await work();
  const seconds: number[] = [];
  for (let i = 0; i < runs; i++) seconds.push((await timed(work))[1]);
  return seconds.sort((a, b) => a - b)[Math.floor(runs / 2)];
}
