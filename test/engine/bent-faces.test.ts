import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Chain, openChain } from '../../server/chain/chain.ts';
import { BecomingJob } from '../../server/engine/becoming-job.ts';
import { createEngine, type Engine } from '../../server/engine/engine-port.ts';
import type { StepMessage } from '../../server/engine/messages.ts';
import { Studio } from '../../server/engine/studio.ts';
import { resized } from '../../server/image/resize.ts';
import type { RgbImage } from '../../server/image/rgb-image.ts';
import type { Becoming, BecomingStep } from '../../server/installation/ports.ts';
import { decodeVideo } from '../../server/media/probe.ts';
import { loadFacePack } from '../../server/networks/face-pack.ts';
import { RandomState } from '../../server/projection/random.ts';
import { writeSafetensors } from '../../server/weights/safetensors.ts';
import { meanDifference } from '../media/pictures.ts';
import { orderOf, picture, removeScratch, scratch, writeTinyPack } from './tiny-pack.ts';

/** Far enough for nobody to take a bent face for itself, also after it was compressed. */
const bend = { smile: 3 };
/** What WebP and H.264 may change, and half a second of noise. */
const compressed = 8;

let packFolder: string;
let folder: string;
let chain: Chain;
let engine: Engine;

beforeAll(async () => {
  packFolder = await writeTinyPack(await scratch());
  const { wDim } = loadFacePack(packFolder).generator;
  await writeSafetensors(join(packFolder, 'directions.safetensors'), {
    smile: { shape: [wDim], data: new RandomState(5).normals(wDim) },
  });
  await appendFile(join(packFolder, 'pack.yaml'), 'directions: directions.safetensors\n');
});
afterAll(() => removeScratch(packFolder));

async function open(): Promise<void> {
  chain = await openChain({ folder, keepPortraits: false, forgetAfter: 0 });
  const options = { pack: packFolder, threads: 1, niceness: 5, patience: 3_000, startPatience: 60_000 };
  engine = createEngine({ ...options, engine: 'cpu', resume: 'last' }, chain);
  engine.setDirections(bend);
  await engine.whenReady();
}

async function close(): Promise<void> {
  await engine.close();
  await chain.close();
}

/** The steps up to one of that number, or all. */
async function upTo(becoming: Becoming, last = Number.POSITIVE_INFINITY): Promise<BecomingStep> {
  let newest: BecomingStep | undefined;
  for await (const step of becoming.steps) {
    newest = step;
    if (step.step >= last) break;
  }
  if (newest === undefined) throw new Error('There was no step.');
  return newest;
}

/** A face of the chain, drawn as the wall shows it and as it is. */
async function drawn(id: string): Promise<{ shown: RgbImage; itself: RgbImage }> {
  const mix = [{ source: { kind: 'face', id } as const, share: 1 }];
  const shown = await engine.render(mix);
  engine.setDirections({});
  const itself = await engine.render(mix);
  engine.setDirections(bend);
  expect(meanDifference(shown, itself)).toBeGreaterThan(3 * compressed);
  return { shown, itself };
}

async function expectKeptAsItIs(id: string): Promise<RgbImage> {
  const { shown, itself } = await drawn(id);
  const kept = await chain.still(id);
  if (kept === null) throw new Error('There is no picture.');
  expect(meanDifference(kept, itself)).toBeLessThan(compressed);
  return shown;
}

describe('while a curator bends all faces', () => {
  beforeEach(async () => {
    folder = await scratch();
    await open();
  });
  afterEach(async () => {
    await close();
    await removeScratch(folder);
  });

  it('a face that arrives is kept as it is, and the wall goes on from what it showed', async () => {
    const becoming = await engine.become(orderOf(1, picture(1), 1));
    const last = await upTo(becoming);
    await becoming.finish();
    expect(last.image).toEqual(await expectKeptAsItIs(becoming.face));
  });

  it('every step can be drawn again as the sliders stand now, while it becomes and after', async () => {
    engine.setDirections({});
    const becoming = await engine.become(orderOf(1, picture(1), 1));
    const steps: BecomingStep[] = [];
    const expectDrawn = async (step: BecomingStep, difference: number) =>
      expect(meanDifference(await becoming.redraw(step), step.image)).toBeLessThan(difference);
    for await (const step of becoming.steps) {
      steps.push(step);
      if (step.step === 3) await expectDrawn(steps[1], compressed);
    }
    await becoming.finish();
    // Of the last step the noise is known to a half float; of others it may be older.
    const last = steps.at(-1) as BecomingStep;
    await expectDrawn(last, 0.5);
    for (const step of steps) await expectDrawn(step, compressed);
    engine.setDirections(bend);
    for (const step of [steps[1], last])
      expect(meanDifference(await becoming.redraw(step), step.image)).toBeGreaterThan(compressed);
  });

  it('its film ends with the face as it is', async () => {
    const becoming = await engine.become(orderOf(1, picture(1), 1));
    await upTo(becoming);
    await becoming.finish();
    const { itself } = await drawn(becoming.face);
    const video = join(folder, 'faces', becoming.face, 'evolution.mp4');
    await expect.poll(() => existsSync(video)).toBe(true);
    let end = itself;
    for await (const frame of decodeVideo(video)) end = frame;
    expect(meanDifference(await resized(end, itself.width, itself.height), itself)).toBeLessThan(compressed);
  });

  it('a face that is finished early is kept as it is', async () => {
    const becoming = await engine.become(orderOf(1, picture(1), 60));
    await upTo(becoming, 12);
    await becoming.finish();
    await expectKeptAsItIs(becoming.face);
  });

  it('a face that a power cut ended gets its picture as it is', async () => {
    const becoming = await engine.become(orderOf(1, picture(1), 60));
    await upTo(becoming, 12);
    await close();
    await open();
    await expect.poll(() => chain.faces.length).toBe(1);
    await expectKeptAsItIs(becoming.face);
  });
});

describe('a step of the engine', () => {
  it('carries the face itself beside what is shown only where faces are bent', async () => {
    const studio = await Studio.open(packFolder, 'cpu', 1, null);
    const steps: StepMessage[] = [];
    const order = { target: picture(1).data, start: null, isWarm: false, seconds: 60, step: 0, done: 0 };
    const job = new BecomingJob({ id: 1, ...order });
    const send = (step: StepMessage) => {
      steps.push(step);
      if (step.step === 2) studio.setDirections(bend);
      if (step.step === 5) job.stop();
      job.taken();
    };
    await job.run(studio, send, async () => {});
    expect(steps.map(({ unbent }) => unbent !== null)).toEqual([false, false, false, true, true, true]);
    for (const { image, unbent } of steps.slice(3)) expect(unbent).not.toEqual(image);
  });
});
