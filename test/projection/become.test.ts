import { afterAll, describe, expect, it } from 'vitest';
import { randomFacesPerceptual, randomStyleGan2 } from '../../server/bench/random-networks.ts';
import { loadFacesPerceptual } from '../../server/networks/faces-perceptual.ts';
import { loadStyleGan2 } from '../../server/networks/stylegan2.ts';
import { WeightReader } from '../../server/networks/weight-reader.ts';
import type { Moment } from '../../server/projection/become.ts';
import { createProjector, type Seen } from '../../server/projection/projector.ts';
import { RandomState } from '../../server/projection/random.ts';
import { presets } from '../../server/projection/settings.ts';
import { createOnnxRuntime } from '../../server/runtime/onnxruntime.ts';

const runtime = await createOnnxRuntime({ provider: 'cpu' });
const generator = loadStyleGan2(
  randomStyleGan2({ resolution: 32, channelBase: 512, channelMax: 16, wDim: 64, seed: 1 }),
  'random',
  { mappingMultiplier: 1, convClamp: null },
);
const perceptual = loadFacesPerceptual(
  new WeightReader(randomFacesPerceptual([8, 8, 16, 16, 16, 16, 16], 2), 'random'),
);
const projector = await createProjector(runtime, generator, { perceptual }, presets.chain);
afterAll(() => runtime.dispose());

const target = new RandomState(9).normals(3 * 32 * 32).map((v) => 0.3 * v);
const mean = projector.meanLatent(4);
const start = {
  ...mean,
  ws: mean.ws.map((v, i) => v + 0.3 * projector.statistics.std * Math.sin(i)),
};
const request = { target, start, isWarm: true, seed: 0 };

async function play(
  changes: Partial<Parameters<typeof projector.become>[0]>,
  by = projector,
): Promise<{ moment: Moment; seen: Seen }[]> {
  const all: { moment: Moment; seen: Seen }[] = [];
  for await (const moment of by.become({ ...request, ...changes })) all.push({ moment, seen: await moment.show() });
  return all;
}

describe('a becoming', () => {
  it('leads from the start itself to the best face that was found, forwards all the way', async () => {
    const all = await play({ steps: 30 });
    const before = await projector.look(target, start);
    expect(all[0].seen.image).toEqual(before.image);
    expect(all[0].seen.latent).toBe(start);
    const last = all[all.length - 1];
    expect(last.moment).toMatchObject({ isLast: true, done: 1 });
    expect(last.seen.latent).toBe(last.moment.found.latent);
    expect(last.moment.found.isLast).toBe(true);
    expect(last.seen.loss).toBeCloseTo(last.moment.found.best.loss, 3);
    expect(all.filter(({ moment }) => moment.isLast)).toHaveLength(1);
    expect(all.map(({ moment }) => moment.frame)).toEqual(all.map((_, i) => i));
    for (let i = 1; i < all.length; i++) {
      expect(all[i].moment.done).toBeGreaterThan(all[i - 1].moment.done);
    }
  });

  it('does not leap, although the search does', async () => {
    const all = await play({ steps: 60 });
    const change = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + Math.abs(v - b[i]), 0);
    const whole = change(all[0].seen.image, all[all.length - 1].seen.image);
    for (let i = 1; i < all.length; i++) {
      expect(change(all[i - 1].seen.image, all[i].seen.image)).toBeLessThan(0.12 * whole);
    }
  });

  it('keeps to the time it is given, and makes more frames once the planned steps are made', async () => {
    let asked = 0;
    const all = await play({ steps: 20, progress: (frame) => (frame === 0 ? 0 : Math.min(1, 0.002 * ++asked)) });
    const steps = all.map(({ moment }) => moment.found.step);
    expect(steps.filter((step) => step === 10)).toHaveLength(1);
    expect(steps.filter((step) => step === 25)).toHaveLength(3);
    expect(steps.at(-1)).toBeGreaterThan(50);
    expect(all.at(-1)?.moment.done).toBe(1);
  });

  it('goes on from where a becoming was cut off', async () => {
    const all = await play({ steps: 20, progress: (frame) => Math.min(1, 0.5 + frame * 0.02) });
    expect(all[0].moment.done).toBe(0.5);
    expect(all[0].seen.latent).toBe(start);
    expect(all.at(-1)?.moment).toMatchObject({ isLast: true, done: 1 });
  });

  it('ends at once, without a last frame, when it is stopped', async () => {
    const abort = new AbortController();
    const frames: Moment[] = [];
    for await (const moment of projector.become({ ...request, steps: 20, signal: abort.signal })) {
      frames.push(moment);
      if (moment.frame === 3) abort.abort();
    }
    expect(frames.map(({ frame }) => frame)).toEqual([0, 1, 2, 3]);
  });

  it('shows the search itself with the presets of others', async () => {
    const other = await createProjector(runtime, generator, { perceptual }, presets.projector);
    const all = await play({ steps: 5 }, other);
    for (const { moment, seen } of all) expect(seen).toBe(moment.found);
    expect(all.at(-1)?.moment).toMatchObject({ isLast: true, done: 1 });
    await other.dispose();
  });
});
