import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Chain, openChain } from '../../server/chain/chain.ts';
import { createEngine, type Engine, type EngineOptions } from '../../server/engine/engine-port.ts';
import type { Becoming, BecomingStep } from '../../server/installation/ports.ts';
import { orderOf, picture, removeScratch, scratch, writeTinyPack } from './tiny-pack.ts';

let packFolder: string;
let folder: string;
let chain: Chain;
let engine: Engine;

const options = (change: Partial<EngineOptions> = {}): EngineOptions => ({
  pack: packFolder,
  engine: 'cpu',
  threads: 1,
  niceness: 5,
  patience: 3_000,
  startPatience: 60_000,
  resume: 'last',
  ...change,
});

const open = () => openChain({ folder, keepPortraits: false, forgetAfter: 0 });

beforeAll(async () => {
  packFolder = await writeTinyPack(await scratch());
});
afterAll(() => removeScratch(packFolder));

async function begin(change: Partial<EngineOptions> = {}): Promise<void> {
  folder = await scratch();
  chain = await open();
  engine = createEngine(options(change), chain);
  await engine.whenReady();
}

afterEach(async () => {
  await engine.close();
  await chain.close();
  await removeScratch(folder);
});

async function all(becoming: Becoming, onStep: (step: BecomingStep) => void = () => {}): Promise<BecomingStep[]> {
  const steps: BecomingStep[] = [];
  for await (const step of becoming.steps) {
    steps.push(step);
    onStep(step);
  }
  return steps;
}

/** Ids of three faces of a chain that lies on the disk; nothing is open. */
async function threeFaces(): Promise<string[]> {
  await begin();
  const faces: string[] = [];
  for (const visitor of [1, 2, 3]) {
    const becoming = await engine.become(orderOf(visitor, picture(visitor), 0.3));
    await all(becoming);
    await becoming.finish();
    faces.push(becoming.face);
  }
  await engine.close();
  await chain.close();
  return faces;
}

function expectInOrder(steps: readonly BecomingStep[]): void {
  expect(steps.map(({ step }) => step)).toEqual(steps.map((_, i) => i));
  for (let i = 1; i < steps.length; i++) expect(steps[i].done).toBeGreaterThanOrEqual(steps[i - 1].done);
  expect(steps.at(-1)?.done).toBe(1);
  expect(steps.filter(({ done }) => done === 1)).toHaveLength(1);
}

describe('a becoming', () => {
  it('takes its time, is kept, and is what the next one grows out of', async () => {
    await begin();
    const began = performance.now();
    const first = await engine.become(orderOf(1, picture(1), 2));
    const steps = await all(first);
    const seconds = (performance.now() - began) / 1000;
    expectInOrder(steps);
    expect(steps.length).toBeGreaterThan(10);
    expect(seconds).toBeGreaterThan(1.9);
    expect(steps.at(-1)!.loss).toBeLessThan(steps[0].loss);
    await first.finish();
    expect(chain.faces).toMatchObject([{ id: first.face, visitor: 1 }]);
    expect(chain.byReceipt(first.receipt)).toMatchObject({ finished: true, face: { id: first.face } });

    const second = await engine.become(orderOf(2, picture(2), 1));
    const [start] = await all(second);
    expect(start.image.data).toEqual(steps.at(-1)!.image.data);
    expect(await engine.render([{ source: { kind: 'face', id: first.face }, share: 1 }])).toEqual(start.image);
  });

  it('waits for an engine that is starting; who ordered before and has gone is not waited for', async () => {
    folder = await scratch();
    chain = await open();
    engine = createEngine(options(), chain);
    expect(engine.health.level).toBe('starting');
    const gone = engine.become(orderOf(1, picture(1), 1)).catch((error) => error.code);
    const becoming = await engine.become(orderOf(2, picture(2), 1));
    expect(await gone).toBe('ENGINE_BUSY');
    expectInOrder(await all(becoming));
    await becoming.finish();
    expect(chain.faces.map(({ visitor }) => visitor)).toEqual([2]);
  });

  it('is not begun where the piece ends before the engine is ready', async () => {
    folder = await scratch();
    chain = await open();
    engine = createEngine(options(), chain);
    const becoming = engine.become(orderOf(1, picture(1), 1)).catch((error) => error.code);
    await engine.close();
    expect(await becoming).toBe('ENGINE_CLOSED');
    await expect(engine.become(orderOf(1, picture(1), 1))).rejects.toMatchObject({ code: 'ENGINE_CLOSED' });
    expect(await readdir(join(folder, 'faces'))).toEqual([]);
  });

  it('can be hurried while it runs', async () => {
    await begin();
    const becoming = await engine.become(orderOf(1, picture(1), 600));
    // Ten minutes were too long for this test.
    const steps = await all(becoming, ({ step }) => {
      if (step === 5) becoming.retime(1);
    });
    expectInOrder(steps);
  });

  it('is kept as it is when it is finished early, and leaves no trace when it is abandoned', async () => {
    await begin();
    const kept = await engine.become(orderOf(1, picture(1), 60));
    let shown: BecomingStep | undefined;
    for await (const step of kept.steps) {
      shown = step;
      if (step.step === 8) break;
    }
    await kept.finish();
    expect(chain.faces.map(({ id }) => id)).toEqual([kept.face]);
    const start = await engine.render([{ source: { kind: 'start' }, share: 1 }]);
    expect(difference(start.data, shown!.image.data)).toBeLessThan(12);

    const left = await engine.become(orderOf(2, picture(2), 60));
    for await (const step of left.steps) if (step.step === 3) break;
    expect(chain.byReceipt(left.receipt)?.finished).toBe(false);
    await left.abandon();
    expect(chain.byReceipt(left.receipt)).toBeNull();
    expect(await readdir(join(folder, 'faces'))).toEqual([kept.face]);
    expect(await readdir(join(folder, 'forgotten'))).toEqual([]);
  });

  it('draws walks between faces while it runs, and bends them', async () => {
    await begin();
    const becoming = await engine.become(orderOf(1, picture(1), 30));
    const steps = all(becoming);
    const nobody = { kind: 'nobody', seed: 7 } as const;
    const a = await engine.render([{ source: nobody, share: 1 }]);
    const b = await engine.render([
      { source: nobody, share: 0.5 },
      { source: { kind: 'start' }, share: 0.5 },
    ]);
    expect(difference(a.data, b.data)).toBeGreaterThan(1);
    await expect(engine.render([{ source: { kind: 'face', id: '000009-000000000000' }, share: 1 }])).rejects.toThrow(
      /no face/,
    );
    await becoming.abandon();
    await steps;
  });
});

describe('bad luck', () => {
  it('goes on from the last journalled step when the engine is killed', async () => {
    await begin();
    const becoming = await engine.become(orderOf(1, picture(1), 3));
    let killedAt = 0;
    let backAt = 0;
    let killedStep = -1;
    const steps = await all(becoming, ({ step }) => {
      if (step === 20) {
        killedAt = performance.now();
        killedStep = step;
        process.kill(engine.pid!, 'SIGKILL');
        becoming.retime(6);
      } else if (killedAt > 0 && backAt === 0 && step > killedStep + 2) backAt = performance.now();
    });
    console.log(`a killed engine was back after ${Math.round(backAt - killedAt)} ms`);
    expectInOrder(steps);
    expect(engine.health.restarts).toBe(1);
    // No leap where it goes on: nothing changes faster there than it does elsewhere.
    const changes = steps.slice(1).map(({ image }, i) => difference(image.data, steps[i].image.data));
    const around = changes.splice(killedStep, 5);
    expect(Math.max(...around)).toBeLessThan(1 + Math.max(...changes));
    await becoming.finish();
    expect(chain.faces).toHaveLength(1);
  });

  it('ends an engine that hangs and goes on', async () => {
    await begin();
    const becoming = await engine.become(orderOf(1, picture(1), 5));
    const steps = await all(becoming, ({ step }) => {
      if (step === 10) process.kill(engine.pid!, 'SIGSTOP');
    });
    expectInOrder(steps);
    expect(engine.health.restarts).toBe(1);
  });

  it('goes on without a jump after the whole program was killed', async () => {
    await begin();
    const becoming = await engine.become(orderOf(7, picture(1), 60));
    for await (const step of becoming.steps) if (step.step === 12) break;
    // What a power cut leaves: no finish, no close.
    await engine.close();
    await chain.close();
    chain = await open();
    engine = createEngine(options(), chain);
    await engine.whenReady();
    expect(chain.highestVisitor).toBe(7);
    await expect.poll(() => chain.faces.length).toBe(1);
    const drawn = await engine.render([{ source: { kind: 'face', id: becoming.face }, share: 1 }]);
    const still = await chain.still(becoming.face);
    expect(difference(drawn.data, still!.data)).toBeLessThan(8);
    const next = await engine.become(orderOf(8, picture(2), 1));
    const [first] = await all(next);
    expect(first.image).toEqual(drawn);
    const record = JSON.parse(readFileSync(join(folder, 'faces', becoming.face, 'face.json'), 'utf8'));
    expect(record).toMatchObject({ ending: 'interrupted', visitor: 7, consent: { text: 'I agree' } });
  });

  it('works on where a face cannot be given its pictures, draws the others, and says so', async () => {
    const faces = await threeFaces();
    await rm(join(folder, 'index.json'));
    const of = (face: number, name: string) => join(folder, 'faces', faces[face], name);
    for (const face of [0, 1, 2]) await rm(of(face, 'final.webp'));
    await writeFile(of(0, 'latent.safetensors'), new Uint8Array(5_000));
    await rm(of(1, 'thumbnail.webp'));
    await mkdir(of(1, 'thumbnail.webp'));
    chain = await open();
    engine = createEngine(options(), chain);
    await engine.whenReady();
    await expect.poll(() => chain.faces.map(({ id }) => id)).toEqual([faces[2]]);
    expect(engine.health).toMatchObject({ level: 'good', message: '' });
    expect(chain.problems).toEqual([
      expect.stringMatching(/000001.*latent\.safetensors/),
      expect.stringMatching(/000002.*thumbnail\.webp/),
    ]);
  });

  it('goes on from the newest face that can be read, and says which cannot', async () => {
    const faces = await threeFaces();
    await writeFile(join(folder, 'faces', faces[2], 'latent.safetensors'), new Uint8Array(5_000));
    await rm(join(folder, 'faces', faces[1], 'latent.safetensors'));
    chain = await open();
    engine = createEngine(options(), chain);
    await engine.whenReady();
    const [start, known] = await Promise.all(
      [{ kind: 'start' } as const, { kind: 'face', id: faces[0] } as const].map((source) =>
        engine.render([{ source, share: 1 }]),
      ),
    );
    expect(start).toEqual(known);
    expect(engine.startFace).toBe(faces[0]);
    const next = await engine.become(orderOf(4, picture(4), 0.3));
    await all(next);
    await next.finish();
    const record = JSON.parse(readFileSync(join(folder, 'faces', next.face, 'face.json'), 'utf8'));
    expect(record.from).toBe(faces[0]);
    expect(chain.problems).toEqual([expect.stringMatching(/000003.*damaged/), expect.stringMatching(/000002/)]);
  });

  it('says in words why it cannot start, and starts once that is put right', async () => {
    folder = await scratch();
    const broken = join(folder, 'pack');
    chain = await open();
    engine = createEngine(options({ pack: broken }), chain);
    await expect.poll(() => engine.health.level).toBe('trouble');
    expect(engine.health.message).toMatch(/no face pack|pack\.yaml/);
    await expect(engine.render([{ source: { kind: 'start' }, share: 1 }])).rejects.toMatchObject({
      code: 'ENGINE_AWAY',
    });
    await mkdir(broken);
    await writeTinyPack(broken);
    await engine.whenReady();
    expect(engine.health.level).toBe('good');
  });

  it('rests while no face can be begun, says why, and is good again by itself', async () => {
    await begin();
    const levels: string[] = [];
    engine.onHealth(({ level }) => levels.push(level));
    const faces = join(folder, 'faces');
    await rm(faces, { recursive: true });
    await writeFile(faces, 'a file where a folder should be');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      await expect(engine.become(orderOf(1, picture(1), 1))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
      expect(engine.health).toMatchObject({ level: 'trouble', message: expect.stringMatching(/No face can be begun/) });
      await vi.advanceTimersByTimeAsync(30_000);
      await expect(engine.become(orderOf(1, picture(1), 1))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
      await rm(faces);
      await mkdir(faces);
      await vi.advanceTimersByTimeAsync(30_000);
    } finally {
      vi.useRealTimers();
    }
    await expect.poll(() => engine.health).toMatchObject({ level: 'good', message: '' });
    await expect(engine.become(orderOf(2, picture(2), 0.3)).then(all)).resolves.not.toHaveLength(0);
    expect(levels.slice(0, 1)).toEqual(['trouble']);
  });

  it('deletes a face that is becoming', async () => {
    await begin();
    const becoming = await engine.become(orderOf(1, picture(1), 60));
    const steps = await all(becoming, ({ step }) => {
      if (step === 5) void chain.forget(becoming.face);
    });
    expect(steps.length).toBeLessThan(200);
    await expect.poll(() => readdir(join(folder, 'faces'))).toEqual([]);
    // The deletion is not waited for above.
    await expect.poll(() => readdir(join(folder, 'forgotten'))).toEqual([]);
    await expect(engine.become(orderOf(2, picture(2), 1)).then(all)).resolves.not.toHaveLength(0);
  });

  it('lets nobody grow out of a face that is deleted while it is being kept', async () => {
    await begin();
    const start = () => engine.render([{ source: { kind: 'start' }, share: 1 }]);
    const before = await start();
    const becoming = await engine.become(orderOf(1, picture(1), 1));
    let gone: Promise<boolean> | undefined;
    await all(becoming, ({ done }) => {
      if (done === 1) gone = chain.forget(becoming.face);
    });
    expect(await gone).toBe(true);
    expect(await start()).toEqual(before);
  });
});

describe('the film of a becoming', () => {
  it('is made once nothing else is to do, and then the journal goes', async () => {
    await begin();
    const becoming = await engine.become(orderOf(1, picture(1), 1));
    await all(becoming);
    await becoming.finish();
    const of = (name: string) => join(folder, 'faces', becoming.face, name);
    await expect.poll(() => existsSync(of('journal'))).toBe(false);
    expect(existsSync(of('evolution.mp4'))).toBe(true);
    expect((await readdir(join(folder, 'faces', becoming.face))).sort()).toEqual([
      'curve.json',
      'evolution.mp4',
      'face.json',
      'final.webp',
      'latent.safetensors',
      'thumbnail.webp',
    ]);
  });
});

function difference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}
