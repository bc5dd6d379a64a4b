import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BecomingRecord } from '../../server/chain/becoming-record.ts';
import { type Chain, openChain } from '../../server/chain/chain.ts';
import type { ChainOptions } from '../../server/chain/chain-options.ts';
import { decodeJournal } from '../../server/chain/journal.ts';
import { decodeSteps, vectorOf, type WholeStep } from '../../server/chain/step-record.ts';
import { orderOf, picture } from '../engine/tiny-pack.ts';

const pack = { name: 'test', sha256: 'a'.repeat(64), resolution: 32, numWs: 2, wDim: 3, noise: [2, 1] };
const otherPack = { ...pack, sha256: 'b'.repeat(64) };
const wsOf = (step: number) => Float32Array.from({ length: 6 }, (_, i) => step + i / 10);
/** Changes with every other step, as only every other one is told of it. */
const noiseOf = (step: number) => new Float32Array(5).fill(Math.floor(step / 2));
const latent = (step: number) => Float32Array.from([...wsOf(step), ...noiseOf(step)]);

/** What a film waits for in the middle of coming into its place. */
const slow = vi.hoisted(() => ({ film: Promise.resolve() }));
vi.mock('../../server/files/atomic.ts', async (original) => {
  const atomic = await original<typeof import('../../server/files/atomic.ts')>();
  const replaceFile: typeof atomic.replaceFile = (path, fill) =>
    atomic.replaceFile(path, async (temporary) => {
      const result = await fill(temporary);
      if (path.endsWith('evolution.mp4')) await slow.film;
      return result;
    });
  return { ...atomic, replaceFile };
});

let folder: string;
let chain: Chain;
const open = (change: Partial<ChainOptions> = {}) =>
  openChain({ folder, keepPortraits: false, forgetAfter: 0, ...change });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'familiar-'));
  chain = await open();
});
afterEach(async () => {
  await chain.close();
  await rm(folder, { recursive: true, force: true });
});

async function begin(visitor: number, steps: number, from: string | null = null, by = pack) {
  const begun = await chain.begin(orderOf(visitor, picture(visitor), 10), by, from);
  for (let step = 0; step <= steps; step++) await append(begun.record, step, steps);
  return begun;
}
const append = (record: BecomingRecord, step: number, steps: number) =>
  record.append({
    step,
    done: step / steps,
    loss: 1 / (step + 1),
    likeness: step / steps / 2,
    ws: wsOf(step),
    noise: step % 2 ? null : noiseOf(step),
  });

async function face(visitor: number, from: string | null = null, by = pack): Promise<{ id: string; receipt: string }> {
  const { record, receipt } = await begin(visitor, 3, from, by);
  await chain.finish(record, picture(visitor), 'arrived');
  return { id: record.face.id, receipt };
}

const fail = (reason: string): never => {
  throw new Error(reason);
};

describe('the chain', () => {
  it('keeps a face with everything that belongs to it, and finds it again', async () => {
    const { id, receipt } = await face(1);
    const check = async () => {
      expect(chain.faces).toMatchObject([{ id, visitor: 1, likeness: 0.5 }]);
      expect(chain.byReceipt(receipt)).toMatchObject({ finished: true, face: { id } });
      expect(chain.byReceipt('nonsense')).toBeNull();
      expect(chain.latent(id, pack)).toEqual(latent(3));
      expect(chain.newestOf(pack)).toBe(id);
      expect((await chain.still(id))?.width).toBe(32);
      expect((await chain.picture(id, 'thumbnail.webp'))?.byteLength).toBeGreaterThan(20);
      expect(await chain.picture('../../etc', 'final.webp')).toBeNull();
    };
    await check();
    await chain.close();
    chain = await open();
    await check();
    await chain.close();
    await rm(join(folder, 'index.json'));
    chain = await open();
    await check();
    const everything = await readFile(join(folder, 'faces', id, 'face.json'), 'utf8');
    expect(everything).not.toContain(receipt);
    expect(existsSync(join(folder, 'faces', id, 'portrait.jpg'))).toBe(false);
  });

  it('keeps what was consented to: when, how, in which language, word for word and which version of the words', async () => {
    const { id } = await face(1);
    const { consent } = JSON.parse(await readFile(join(folder, 'faces', id, 'face.json'), 'utf8'));
    // printf 'I agree' | sha256sum
    const textSha256 = '99955b75e054416577b88fcec811270c93bff6f1bc421f01e3da7c1b18ec61e3';
    expect(consent).toEqual({ at: 5, how: 'tablet', language: 'en', text: 'I agree', textSha256 });
  });

  it('opens faces whose record is older than that', async () => {
    const { id } = await face(1);
    await chain.close();
    const path = join(folder, 'faces', id, 'face.json');
    const record = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...record, consent: { at: 5, how: 'tablet', text: 'I agree' } }));
    await rm(join(folder, 'index.json'));
    chain = await open();
    expect(chain.faces).toMatchObject([{ id }]);
  });

  it('keeps photographs only where it is told to', async () => {
    await chain.close();
    chain = await open({ keepPortraits: true });
    const { id } = await face(1);
    expect([...(await readFile(join(folder, 'faces', id, 'portrait.jpg')))]).toEqual([1, 2, 3]);
  });

  it('never gives a visitor number twice', async () => {
    const { id } = await face(4);
    await chain.forget(id);
    await chain.close();
    await rm(join(folder, 'index.json'));
    chain = await open();
    expect(chain.highestVisitor).toBe(4);
    const { record } = await begin(4, 1);
    expect(record.face.visitor).toBe(5);
    await chain.abandon(record);
    expect(chain.highestVisitor).toBe(5);
  });

  it('closes a becoming that was cut off at any byte with its last whole step', async () => {
    const { record } = await begin(1, 2);
    const journal = await readFile(join(record.folder, 'journal'));
    await record.stop();
    const template = join(folder, 'template');
    await cp(record.folder, template, { recursive: true });
    await chain.close();
    for (let length = 0; length <= journal.length; length += 7) {
      await rm(record.folder, { recursive: true, force: true });
      await cp(template, record.folder, { recursive: true });
      await writeFile(join(record.folder, 'journal'), journal.subarray(0, length));
      await rm(join(folder, 'index.json'), { force: true });
      chain = await open();
      const whole = decodeJournal(journal.subarray(0, length)).payloads.length;
      // Step 0 is the face before: there is nothing to keep yet.
      expect(chain.newestOf(pack)).toBe(whole >= 2 ? record.face.id : null);
      if (whole >= 2) expect(chain.latent(record.face.id, pack)).toEqual(latent(whole - 1));
      expect(chain.faces).toEqual([]);
      expect(chain.undrawn(pack)).toEqual(whole >= 2 ? [record.face.id] : []);
      await chain.close();
    }
    chain = await open();
    await chain.draw(record.face.id, picture(3));
    expect(chain.faces).toHaveLength(1);
  });

  it('leaves the faces of another pack as pictures', async () => {
    const old = await face(1, null, otherPack);
    expect(chain.newestOf(pack)).toBeNull();
    expect(() => chain.latent(old.id, pack)).toThrow(/another face pack/);
    expect(await chain.still(old.id)).not.toBeNull();
    const fresh = await face(2);
    expect(chain.newestOf(pack)).toBe(fresh.id);
    expect(chain.faces).toHaveLength(2);
  });

  it('goes on with a damaged folder in it, and says so', async () => {
    const { id } = await face(1);
    await chain.close();
    await rm(join(folder, 'index.json'));
    await mkdir(join(folder, 'faces', '000009-aaaaaaaaaaaa'));
    await writeFile(join(folder, 'faces', '000009-aaaaaaaaaaaa', 'face.json'), '{"version":1,');
    await writeFile(join(folder, 'faces', 'notes.txt'), 'mine');
    chain = await open();
    expect(chain.faces.map((known) => known.id)).toEqual([id]);
    expect(chain.problems).toHaveLength(1);
    expect(chain.problems[0]).toMatch(/000009.*backup/s);
    expect(chain.highestVisitor).toBe(9);
  });

  it('leaves out a face that nothing can be drawn from any more, and says so', async () => {
    const [lost, { id }] = [await face(1), await face(2)];
    await chain.close();
    await rm(join(folder, 'index.json'));
    await rm(join(folder, 'faces', lost.id, 'final.webp'));
    await writeFile(join(folder, 'faces', lost.id, 'latent.safetensors'), new Uint8Array(400));
    chain = await open();
    expect(chain.faces.map((known) => known.id)).toEqual([id]);
    expect(chain.undrawn(pack)).toEqual([]);
    expect(chain.problems).toEqual([expect.stringMatching(/000001.*latent\.safetensors: the file is damaged/)]);
  });

  it('opens thousands of faces from its index, without looking into each folder', async () => {
    const { id } = await face(1);
    await chain.close();
    const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'));
    const [entry] = index.faces;
    for (let visitor = 2; visitor <= 4_000; visitor++) {
      const name = `${String(visitor).padStart(6, '0')}-000000000000`;
      // Nothing is in it: a look inside would find no face.
      await mkdir(join(folder, 'faces', name));
      index.faces.push({ ...entry, id: name, visitor, filmed: true });
    }
    await writeFile(join(folder, 'index.json'), JSON.stringify(index));
    chain = await open();
    expect(chain.faces).toHaveLength(4_000);
    expect(chain.faces[0].id).toBe(id);
  });

  it('thins a journal that grows too long, and loses no point of its curve', async () => {
    const { record } = await begin(1, 1);
    await record.stop();
    const small = await BecomingRecord.open(record.face, record.folder, 900);
    for (let step = 0; step < 100; step++) await append(small, step, 100);
    const steps = await small.end();
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(steps.filter(({ ws }) => ws !== null).length).toBeLessThanOrEqual(14);
    expect(vectorOf(steps.at(-1) as WholeStep)).toEqual(latent(99));
    expect(small.vector).toEqual(latent(99));
  });
});

/** The steps of a journal whose latents are whole. */
async function latentsIn(journal: string): Promise<[step: number, latent: Float32Array][]> {
  const steps = decodeSteps(decodeJournal(await readFile(journal)).payloads);
  return steps.flatMap((step) => (step.ws === null ? [] : [[step.step, vectorOf(step as WholeStep)]]));
}

describe('forgetting', () => {
  it('leaves nothing, also not in the film of the face that grew out of it', async () => {
    const first = await face(1);
    const second = await face(2, first.id);
    const third = await face(3, second.id);
    const of = (id: string, name: string) => join(folder, 'faces', id, name);
    for (const { id } of [second, third]) await writeFile(of(id, 'evolution.mp4'), 'film');
    const told: string[] = [];
    chain.onForgetting(async (id) => told.push(id));
    expect(await chain.forget(first.id)).toBe(true);
    expect(await chain.forget(first.id)).toBe(false);
    expect(await chain.forget('../..')).toBe(false);
    expect(told).toEqual([first.id]);
    expect(chain.byReceipt(first.receipt)).toBeNull();
    expect(await chain.picture(first.id, 'final.webp')).toBeNull();
    expect(spawnSync('grep', ['-rl', first.id, folder], { encoding: 'utf8' })).toMatchObject({ stdout: '', status: 1 });
    expect(existsSync(of(second.id, 'evolution.mp4'))).toBe(false);
    expect(existsSync(of(second.id, 'final.webp'))).toBe(true);
    expect(existsSync(of(third.id, 'evolution.mp4'))).toBe(true);
  });

  it('brings no film into its place that was being made of the face that grew out of it, and leaves nothing of it', async () => {
    const first = await face(1);
    const second = await face(2, first.id);
    const films = join(folder, 'films');
    const { video } = chain.nextFilm(pack, new Set([first.id])) ?? fail('no film is to be made');
    const other = chain.nextFilm(pack, new Set([second.id])) ?? fail('no film is to be made');
    await Promise.all([writeFile(video, 'film'), writeFile(other.video, 'film')]);
    await chain.filmed(first.id, other.video);
    expect(existsSync(join(folder, 'faces', first.id, 'evolution.mp4'))).toBe(true);
    // It comes into its place in the very moment.
    let goOn = () => {};
    slow.film = new Promise((resolve) => {
      goOn = resolve;
    });
    const both = [chain.filmed(second.id, video), chain.forget(first.id)];
    setTimeout(goOn, 300);
    await Promise.all(both);
    expect(existsSync(join(folder, 'faces', second.id, 'evolution.mp4'))).toBe(false);
    expect(await readdir(films)).toEqual([]);
  });

  it('deletes what the engine has drawn of a film so far, and a start what a power cut left of one', async () => {
    const first = await face(1);
    await face(2, first.id);
    const third = await face(3);
    const films = join(folder, 'films');
    const orders = [first.id, third.id].map((id) => {
      const others = chain.faces.filter((known) => known.id !== id).map((known) => known.id);
      return chain.nextFilm(pack, new Set(others)) ?? fail('no film is to be made');
    });
    const inProgress = orders.map(({ video }) =>
      join(films, `.${basename(video, '.mp4')}.${randomUUID()}.partial.mp4`),
    );
    for (const path of inProgress) await writeFile(path, 'film');
    await chain.forget(first.id);
    expect(await readdir(films)).toEqual([basename(inProgress[1])]);
    await chain.close();
    chain = await open();
    expect(await readdir(films)).toEqual([]);
  });

  it('costs the face that becomes meanwhile its beginning and nothing else', async () => {
    const first = await face(1);
    const { record } = await begin(2, 19, first.id);
    expect(await chain.forget(first.id)).toBe(true);
    const journal = join(record.folder, 'journal');
    // Of its beginning, which shows the deleted face, there is only the curve.
    expect(await latentsIn(journal)).toEqual([[19, latent(19)]]);
    for (const step of [20, 21]) {
      await append(record, step, 21);
      expect(await latentsIn(journal)).toEqual([[step, latent(step)]]);
    }
    await chain.finish(record, picture(1), 'arrived');
    expect(chain.faces.map(({ visitor }) => visitor)).toEqual([2]);
    const curve = JSON.parse(await readFile(join(record.folder, 'curve.json'), 'utf8'));
    expect(curve.points ?? curve).toHaveLength(22);
    expect(existsSync(journal)).toBe(false);
    expect(chain.nextFilm(pack, new Set())?.id).not.toBe(record.face.id);
  });

  it('leaves the face that becomes meanwhile to a power cut as well, without a film', async () => {
    const first = await face(1);
    const { record } = await begin(2, 19, first.id);
    await chain.forget(first.id);
    await append(record, 20, 21);
    await chain.close();
    chain = await open();
    expect(chain.undrawn(pack)).toEqual([record.face.id]);
    expect(chain.latent(record.face.id, pack)).toEqual(latent(20));
    await chain.draw(record.face.id, picture(2));
    expect(chain.nextFilm(pack, new Set())).toBeNull();
    expect(await readFile(join(record.folder, 'face.json'), 'utf8')).not.toContain(first.id);
  });

  it('reaches also the face that is just being begun', async () => {
    const first = await face(1);
    const beginning = begin(2, 1, first.id);
    expect(await chain.forget(first.id)).toBe(true);
    const { record } = await beginning;
    expect(await latentsIn(join(record.folder, 'journal'))).toEqual([[1, latent(1)]]);
    await chain.finish(record, picture(2), 'arrived');
    expect(chain.nextFilm(pack, new Set())).toBeNull();
    expect(await readFile(join(record.folder, 'face.json'), 'utf8')).not.toContain(first.id);
  });

  it('is said to have failed where the disk refuses, and can be asked for again', async () => {
    const { id, receipt } = await face(1);
    // Something of that name is in the way, and not empty.
    await mkdir(join(folder, 'forgotten', id, 'in the way'), { recursive: true });
    await expect(chain.forget(id)).rejects.toMatchObject({ code: expect.any(String) });
    expect(chain.faces.map((known) => known.id)).toEqual([id]);
    expect(chain.byReceipt(receipt)).toMatchObject({ finished: true });
    await rm(join(folder, 'forgotten', id), { recursive: true });
    expect(await chain.forget(id)).toBe(true);
    expect(await readdir(join(folder, 'faces'))).toEqual([]);
  });

  it('is finished after a restart where the power went in the middle of it', async () => {
    const first = await face(1);
    const second = await face(2, first.id);
    await writeFile(join(folder, 'faces', second.id, 'evolution.mp4'), 'film');
    await chain.close();
    await rename(join(folder, 'faces', first.id), join(folder, 'forgotten', first.id));
    chain = await open();
    expect(chain.faces.map(({ id }) => id)).toEqual([second.id]);
    expect(await readdir(join(folder, 'forgotten'))).toEqual([]);
    expect(existsSync(join(folder, 'faces', second.id, 'evolution.mp4'))).toBe(false);
  });

  it('and leaves the face that became at that moment, without its film', async () => {
    const first = await face(1);
    const { record } = await begin(2, 3, first.id);
    await chain.close();
    await rename(join(folder, 'faces', first.id), join(folder, 'forgotten', first.id));
    chain = await open();
    expect(chain.latent(record.face.id, pack)).toEqual(latent(3));
    expect(existsSync(join(record.folder, 'journal'))).toBe(false);
  });

  it('happens by itself once faces are older than they may be', async () => {
    await face(1);
    await chain.close();
    chain = await open({ forgetAfter: 10, now: () => Date.now() + 11 * 24 * 3600 * 1000 });
    expect(chain.faces).toEqual([]);
    expect(await readdir(join(folder, 'faces'))).toEqual([]);
  });
});
