import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Chain, openChain } from '../../server/chain/chain.ts';
import { shareOfBefore } from '../../server/chain/share-of-before.ts';
import { orderOf, picture } from '../engine/tiny-pack.ts';

const pack = { name: 'test', sha256: 'a'.repeat(64), resolution: 32, numWs: 2, wDim: 3, noise: [2, 1] };

let folder: string;
let chain: Chain;
const open = () => openChain({ folder, keepPortraits: false, forgetAfter: 0 });
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'familiar-'));
  chain = await open();
});
afterEach(async () => {
  await chain.close();
  await rm(folder, { recursive: true, force: true });
});

/** A face that comes so far, in forty steps for the whole way. */
async function begin(visitor: number, done: number, from: string | null) {
  const { record } = await chain.begin(orderOf(visitor, picture(visitor), 10), pack, from);
  for (let step = 0; step <= Math.round(40 * done); step++) {
    const noise = new Float32Array(5).fill(visitor);
    await record.append({
      step,
      done: step / 40,
      loss: 1,
      likeness: 0.1,
      ws: new Float32Array(6).fill(visitor),
      noise,
    });
  }
  return record;
}
async function face(visitor: number, done: number, from: string | null): Promise<string> {
  const record = await begin(visitor, done, from);
  await chain.finish(record, picture(visitor), done === 1 ? 'arrived' : 'early');
  return record.face.id;
}
const left = async () => (await readdir(join(folder, 'faces'))).sort();

describe('a deleted face', () => {
  it('takes the faces along that ended early and still show it, and tells which', async () => {
    const first = await face(1, 1, null);
    const half = await face(2, 0.5, first);
    const quarter = await face(3, 0.5, half);
    const none = await face(4, 1, quarter);
    const after = await face(5, 0.2, none);
    const gone: string[] = [];
    chain.onForgetting((id) => gone.push(id));
    await chain.forget(first);
    expect(await left()).toEqual([none, after]);
    expect(chain.faces.map(({ id }) => id)).toEqual([none, after]);
    expect(gone).toEqual([first, half, quarter]);
    expect(chain.problems.filter((words) => words.includes('still showed'))).toHaveLength(2);
    expect(await readdir(join(folder, 'forgotten'))).toEqual([]);
  });

  it('leaves the faces that ended early but hardly show it', async () => {
    const first = await face(1, 1, null);
    const late = await face(2, 0.975, first);
    await chain.forget(first);
    expect(await left()).toEqual([late]);
  });

  it('counts the shares along the chain', async () => {
    const first = await face(1, 1, null);
    const second = await face(2, 0.8, first);
    const third = await face(3, 0.8, second);
    await chain.forget(first);
    // 0.2 of the first is in the second, 0.04 in the third.
    expect(await left()).toEqual([third]);
  });

  it('takes the becoming along that grows out of it where that ends early, not where it arrives', async () => {
    for (const done of [0.5, 1]) {
      const first = await face(1, 1, null);
      const record = await begin(2, done, first);
      const gone: string[] = [];
      chain.onForgetting((id) => gone.push(id));
      await chain.forget(first);
      expect(await chain.finish(record, picture(2), done === 1 ? 'arrived' : 'early')).toBe(done === 1);
      expect(gone.includes(record.face.id)).toBe(done !== 1);
      expect((await left()).includes(record.face.id)).toBe(done === 1);
    }
  });

  it('takes them along after a power cut in the middle, and those that a power cut ended', async () => {
    const first = await face(1, 1, null);
    const half = await face(2, 0.5, first);
    await begin(3, 0.5, half);
    await chain.close();
    // The mark of a face that is to go, as a full disk leaves it.
    await mkdir(join(folder, 'forgotten', first));
    chain = await open();
    expect(await left()).toEqual([]);
  });

  it('takes faces of version 0.1 along that had few steps', async () => {
    const first = await face(1, 1, null);
    const [few, many] = [await face(2, 0.5, first), await face(3, 0.5, first)];
    await chain.close();
    for (const [id, steps] of [
      [few, 20],
      [many, 300],
    ] as const) {
      const path = join(folder, 'faces', id, 'face.json');
      const { shareOfBefore: _, ...record } = JSON.parse(await readFile(path, 'utf8'));
      await writeFile(path, JSON.stringify({ ...record, steps }));
    }
    chain = await open();
    await chain.forget(first);
    expect(await left()).toEqual([many]);
  });
});

describe('the share of the face before', () => {
  it('does not fall while the engine is away', () => {
    expect(shareOfBefore([])).toBe(1);
    expect(shareOfBefore([{ done: 0.1 }, { done: 0.2 }])).toBeCloseTo(0.8);
    // Away from 0.2 to 0.9, then half of what was left.
    expect(shareOfBefore([0.1, 0.2, 0.9, 0.95].map((done) => ({ done })))).toBeCloseTo(0.4);
    expect(shareOfBefore([{ done: 0.3 }, { done: 1 }])).toBe(0);
  });
});
