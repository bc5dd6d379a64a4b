import { describe, expect, it } from 'vitest';
import { randomFacesPerceptual, randomStyleGan2 } from '../../server/bench/random-networks.ts';
import { ofClass } from '../../server/networks/class-label.ts';
import { loadFacesPerceptual } from '../../server/networks/faces-perceptual.ts';
import type { Generator } from '../../server/networks/generator.ts';
import type { PerceptualNetwork } from '../../server/networks/perceptual.ts';
import { loadStyleGan2 } from '../../server/networks/stylegan2.ts';
import { WeightReader } from '../../server/networks/weight-reader.ts';
import { createProjector, type ProjectionStep, type Projector } from '../../server/projection/projector.ts';
import { RandomState } from '../../server/projection/random.ts';
import { type PresetName, type ProjectionSettings, presets } from '../../server/projection/settings.ts';
import { wStatistics } from '../../server/projection/w-statistics.ts';
import { createOnnxRuntime } from '../../server/runtime/onnxruntime.ts';
import { openSafetensors } from '../../server/weights/safetensors.ts';
import { hasReference, referencePath } from '../reference.ts';

const runtime = await createOnnxRuntime({ provider: 'cpu' });
const generator: Generator = loadStyleGan2(
  randomStyleGan2({ resolution: 32, channelBase: 512, channelMax: 16, wDim: 64, seed: 1 }),
  'random',
  { mappingMultiplier: 1, convClamp: null },
);
const perceptual: PerceptualNetwork = loadFacesPerceptual(
  new WeightReader(randomFacesPerceptual([8, 8, 16, 16, 16, 16, 16], 2), 'random'),
);

const projectorWith = (changes: Partial<ProjectionSettings>, preset: PresetName = 'chain'): Promise<Projector> =>
  createProjector(runtime, generator, { perceptual }, { ...presets[preset], ...changes });

/** A face the generator can make, so that a perfect match exists. */
async function someFace(projector: Projector, seed: number): Promise<Float32Array> {
  const latent = projector.meanLatent(seed);
  const random = new RandomState(seed);
  const ws = latent.ws.map((v) => v + 0.3 * projector.statistics.std * random.normal());
  const first = projector.project({
    target: new Float32Array(3 * 32 * 32),
    start: { ...latent, ws },
    isWarm: false,
    seed,
  });
  const { value } = await first.next();
  await first.return();
  return (value as ProjectionStep).image;
}

const lastOf = (steps: readonly ProjectionStep[]): ProjectionStep => steps[steps.length - 1];

async function run(projector: Projector, request: Partial<Parameters<Projector['project']>[0]> = {}) {
  const target = request.target ?? (await someFace(projector, 7));
  const steps: ProjectionStep[] = [];
  for await (const step of projector.project({
    start: projector.meanLatent(3),
    isWarm: false,
    seed: 3,
    ...request,
    target,
  })) {
    steps.push(step);
  }
  return steps;
}

describe('projection', () => {
  it.each<[string, Partial<ProjectionSettings>, PresetName, number]>([
    ['chain', {}, 'chain', 0.5],
    ['chain in W', { space: 'w' }, 'chain', 0.9],
    ['chain in W then W+', { space: 'w-then-w+', wPart: 0.5 }, 'chain', 0.6],
    ['chain with noise maps', { noiseMaps: { mode: 'optimised', regularisation: 1e5 } }, 'chain', 0.5],
    ['chain by L-BFGS', { optimiser: 'lbfgs', rate: 0.5 }, 'chain', 0.5],
    ['chain with L1', { losses: { perceptual: 1, lpips: 0, pyramid: 0, l1: 1 } }, 'chain', 0.6],
    ['projector', {}, 'projector', 0.9],
    ['encoder', {}, 'encoder', 0.9],
  ])('%s comes closer to a face it can make', async (_, changes, preset, part) => {
    const projector = await projectorWith({ ...changes, steps: 60 }, preset);
    const steps = await run(projector);
    expect(steps[0].step).toBe(0);
    expect(steps.at(-1)?.loss).toBeLessThan(steps[0].loss * part);
    expect(steps.filter((s) => s.isLast)).toEqual([steps.at(-1)]);
    await projector.dispose();
  });

  it('is repeatable to the bit, and the seed matters where noise is added', async () => {
    const projector = await projectorWith({ steps: 12 }, 'projector');
    const target = await someFace(projector, 7);
    const start = projector.meanLatent(5);
    const once = await run(projector, { target, start, seed: 5 });
    const twice = await run(projector, { target, start, seed: 5 });
    const other = await run(projector, { target, start, seed: 6 });
    expect(twice.at(-1)?.image).toEqual(once.at(-1)?.image);
    expect(twice.at(-1)?.latent).toEqual(once.at(-1)?.latent);
    expect(other.at(-1)?.image).not.toEqual(once.at(-1)?.image);
    await projector.dispose();
  });

  it.each<PresetName>(['chain', 'projector', 'encoder'])(
    '%s hands over: the first picture is the last one of the face before',
    async (preset) => {
      const projector = await projectorWith({ steps: 15 }, preset);
      const before = await run(projector);
      const after = await run(projector, {
        start: lastOf(before).latent,
        isWarm: true,
        target: await someFace(projector, 11),
      });
      expect(after[0].image).toEqual(lastOf(before).image);
      await projector.dispose();
    },
  );

  it('does not change the latent it starts from', async () => {
    const projector = await projectorWith({ steps: 5, noiseMaps: { mode: 'optimised', regularisation: 1e5 } });
    const start = projector.meanLatent(1);
    const copy = structuredClone(start);
    await run(projector, { start });
    expect(start).toEqual(copy);
    await projector.dispose();
  });

  it('ends at the best picture even when the search ran away from it', async () => {
    const projector = await projectorWith({ steps: 30, rate: 3, schedule: { rampUp: 0, rampDown: 0 } });
    const steps = await run(projector);
    const last = lastOf(steps);
    expect(last.isLast).toBe(true);
    expect(last.loss).toBeLessThanOrEqual(Math.min(...steps.map((s) => s.loss)) * 1.005);
    await projector.dispose();
  });

  it('stops early when close enough, when flat, and when told to', async () => {
    const close = await projectorWith({ steps: 80, stopAtDistance: 1e9 });
    expect(await run(close)).toHaveLength(1);
    const flat = await projectorWith({ steps: 80, rate: 0, stopWhenFlat: 0.01 });
    expect((await run(flat)).length).toBeLessThan(20);
    const told = await projectorWith({ steps: 80 });
    const abort = new AbortController();
    const steps: ProjectionStep[] = [];
    const target = await someFace(told, 7);
    for await (const step of told.project({
      target,
      start: told.meanLatent(1),
      isWarm: false,
      seed: 1,
      signal: abort.signal,
    })) {
      steps.push(step);
      if (steps.length === 3) abort.abort();
    }
    expect(steps).toHaveLength(3);
    expect(steps.some((s) => s.isLast)).toBe(false);
  });

  it('is pulled towards the mean', async () => {
    const distance = async (pull: number) => {
      const projector = await projectorWith({ steps: 40, pull });
      const { ws } = lastOf(await run(projector)).latent;
      const mean = projector.statistics.mean;
      await projector.dispose();
      return ws.reduce((sum, w, i) => sum + (w - mean[i % mean.length]) ** 2, 0);
    };
    expect(await distance(10)).toBeLessThan((await distance(0)) * 0.5);
  });
});

describe.skipIf(!hasReference)('statistics of W', () => {
  it.each(['stylegan2-32', 'stylegan2-32-conditional', 'stylegan2-64-resnet', 'stylegan2-128-wide'])(
    '%s: mean and spread are the official projector’s',
    async (name) => {
      const file = openSafetensors(referencePath(`${name}.weights.safetensors`));
      const network = ofClass(loadStyleGan2(file, name, { mappingMultiplier: 0.01, convClamp: null }), 0);
      const expected = openSafetensors(referencePath(`${name}.expected.safetensors`));
      const { mean, std } = await wStatistics(runtime, network);
      const wanted = expected.read('w_avg_10000');
      for (let i = 0; i < mean.length; i++) expect(Math.abs(mean[i] - wanted[i])).toBeLessThan(1e-4);
      expect(std / expected.read('w_std_10000')[0]).toBeCloseTo(1, 4);
    },
  );
});
