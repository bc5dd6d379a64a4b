import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Chain, openChain } from '../../server/chain/chain.ts';
import type { ChainOptions } from '../../server/chain/chain-options.ts';
import { orderOf, picture } from '../engine/tiny-pack.ts';

/** What the disk refuses to rename or delete at present: whoever runs the tests may be allowed everything. */
const disk = vi.hoisted(() => ({ refuses: (_path: string): boolean => false }));
vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>();
  const check = (path: unknown) => {
    if (!disk.refuses(String(path))) return;
    throw Object.assign(new Error(`EIO: i/o error, '${path}'`), { code: 'EIO', syscall: 'unlink' });
  };
  const rename: typeof fs.rename = async (from, to) => {
    check(from);
    await fs.rename(from, to);
  };
  const remove: typeof fs.rm = async (path, options) => {
    check(path);
    await fs.rm(path, options);
  };
  return { ...fs, rename, rm: remove };
});

const pack = { name: 'test', sha256: 'a'.repeat(64), resolution: 32, numWs: 2, wDim: 3 };
let folder: string;
let chain: Chain;
const open = (change: Partial<ChainOptions> = {}) =>
  openChain({ folder, keepPortraits: false, forgetAfter: 0, ...change });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'familiar-'));
  chain = await open();
});
afterEach(async () => {
  disk.refuses = () => false;
  await chain.close();
  await rm(folder, { recursive: true, force: true });
});

async function begin(visitor: number, from: string | null = null) {
  const begun = await chain.begin(orderOf(visitor, picture(visitor), 10), pack, from);
  for (let step = 0; step < 3; step++) {
    const ws = new Float32Array(6).fill(step);
    await begun.record.append({ step, done: step / 3, loss: 1, likeness: 0.5, ws, noise: null });
  }
  return begun;
}
async function face(visitor: number, from: string | null = null) {
  const { record, receipt } = await begin(visitor, from);
  await chain.finish(record, picture(visitor), 'arrived');
  return { id: record.face.id, receipt, folder: record.folder };
}
const ids = () => chain.faces.map(({ id }) => id);

describe('a disk that refuses a finished face', () => {
  it('leaves it in memory, where it can be deleted, and gets it once it takes it', async () => {
    const [kept, gone] = [await begin(1), await begin(2)];
    for (const { record } of [kept, gone]) {
      // Something of that name is in the way, so that the picture cannot be written.
      await mkdir(join(record.folder, 'final.webp', 'in the way'), { recursive: true });
      await expect(chain.finish(record, picture(1), 'arrived')).rejects.toMatchObject({ code: expect.any(String) });
      expect(chain.trouble).toContain('final.webp');
    }
    expect(chain.byReceipt(gone.receipt)).not.toBeNull();
    expect(await chain.forget(gone.record.face.id)).toBe(true);
    expect(existsSync(gone.record.folder)).toBe(false);
    await rm(join(kept.record.folder, 'final.webp'), { recursive: true });
    await expect.poll(ids).toEqual([kept.record.face.id]);
    expect(chain.byReceipt(kept.receipt)).toMatchObject({ finished: true });
    expect(chain.trouble).toBeNull();
  });
});

describe('a deletion', () => {
  it('is known to have been done when it is asked for twice, also at the same time', async () => {
    const { id, receipt } = await face(1);
    expect(await chain.wasForgotten(receipt)).toBe(false);
    const first = chain.forget(id);
    expect(chain.byReceipt(receipt)).toBeNull();
    expect([await chain.wasForgotten(receipt), await first]).toEqual([true, true]);
    expect(await chain.wasForgotten(receipt)).toBe(true);
    expect(await chain.wasForgotten('nonsense')).toBe(false);
  });

  it('that fails is not said to be done, also not to whoever asks at the same time', async () => {
    const { id, receipt } = await face(1);
    disk.refuses = (path) => path.includes(id);
    const both = await Promise.allSettled([chain.forget(id), chain.wasForgotten(receipt)]);
    expect(both).toMatchObject([{ reason: { code: 'DISK_BROKEN' } }, { reason: { code: 'DISK_BROKEN' } }]);
    expect(chain.byReceipt(receipt)).toMatchObject({ finished: true });
    expect(chain.problems).toEqual([expect.stringMatching(/still on the disk.*tried again/)]);
  });

  it('that stops half-way is not said to be done, and is when it is asked for again', async () => {
    const first = await face(1);
    const { id } = await face(2, first.id);
    disk.refuses = (path) => path.includes('forgotten');
    await expect(chain.forget(first.id)).rejects.toMatchObject({ code: 'DISK_BROKEN' });
    expect(ids()).toEqual([id]);
    expect(chain.nextFilm(pack, new Set([first.id]))).toBeNull();
    await expect(chain.wasForgotten(first.receipt)).rejects.toMatchObject({ code: 'DISK_BROKEN' });
    disk.refuses = () => false;
    expect(await chain.wasForgotten(first.receipt)).toBe(true);
    expect(existsSync(join(folder, 'forgotten', first.id))).toBe(false);
  });

  it('that failed is made up for at the next start, and the face is not shown again', async () => {
    const { id, receipt } = await face(1);
    disk.refuses = (path) => path.includes(id);
    await expect(chain.forget(id)).rejects.toThrow();
    await chain.close();
    chain = await open();
    expect([ids(), chain.problems]).toEqual([[], [expect.stringMatching(/still on the disk/)]]);
    await expect(chain.wasForgotten(receipt)).rejects.toThrow();
    await chain.close();
    disk.refuses = () => false;
    chain = await open();
    expect(existsSync(join(folder, 'faces', id))).toBe(false);
    expect([ids(), chain.problems]).toEqual([[], []]);
  });

  it('reaches a face that could not be opened at the start, by its receipt', async () => {
    const { id, receipt, folder: of } = await face(1);
    await chain.close();
    await rm(join(folder, 'index.json'));
    await Promise.all(['final.webp', 'latent.safetensors'].map((name) => rm(join(of, name))));
    chain = await open();
    expect([ids(), chain.problems]).toEqual([[], [expect.stringMatching(/latent/)]]);
    expect(chain.byReceipt(receipt)).toMatchObject({ finished: true, face: { id } });
    expect(await chain.forget(id)).toBe(true);
    expect(existsSync(of)).toBe(false);
  });
});

describe('faces that are older than they may be', () => {
  const old = { forgetAfter: 10, now: () => Date.now() + 11 * 24 * 3600 * 1000 };

  it('go by themselves though one cannot, which is said once and does not keep the piece from starting', async () => {
    const faces = [await face(1), await face(2), await face(3)];
    await chain.close();
    disk.refuses = (path) => path.includes(faces[1].id);
    chain = await open(old);
    expect(ids()).toEqual([faces[1].id]);
    expect(faces.map((each) => existsSync(each.folder))).toEqual([false, true, false]);
    await chain.forgetOld();
    expect(chain.problems).toEqual([expect.stringMatching(/forgetAfter.*every hour.*000002/)]);
    disk.refuses = () => false;
    await chain.forgetOld();
    expect([ids(), existsSync(faces[1].folder)]).toEqual([[], false]);
  });

  it('go also where they could not be opened', async () => {
    const { folder: of } = await face(1);
    await chain.close();
    await rm(join(folder, 'index.json'));
    await Promise.all(['final.webp', 'latent.safetensors'].map((name) => rm(join(of, name))));
    chain = await open(old);
    expect(existsSync(of)).toBe(false);
  });

  it('and that were half-way out when the power went do not keep it from starting either', async () => {
    const { id, receipt, folder: of } = await face(1);
    await chain.close();
    await rename(of, join(folder, 'forgotten', id));
    disk.refuses = (path) => path.includes('forgotten');
    chain = await open();
    expect(chain.problems).toEqual([expect.stringMatching(/still on the disk/)]);
    disk.refuses = () => false;
    expect(await chain.wasForgotten(receipt)).toBe(true);
    expect(existsSync(join(folder, 'forgotten', id))).toBe(false);
  });
});

describe('a visitor who leaves', () => {
  it('joins the chain in no way where the disk refuses at that moment', async () => {
    const { record, receipt } = await begin(1);
    disk.refuses = (path) => path.includes(record.face.id);
    await chain.abandon(record);
    expect(chain.problems).toEqual([expect.stringMatching(/visitor who left.*tried again every minute/)]);
    expect(chain.byReceipt(receipt)).toBeNull();
    await expect(chain.wasForgotten(receipt)).rejects.toMatchObject({ code: 'DISK_BROKEN' });
    await chain.close();
    chain = await open();
    expect([chain.newestOf(pack), chain.undrawn(pack)]).toEqual([null, []]);
    disk.refuses = () => false;
    expect(await chain.wasForgotten(receipt)).toBe(true);
    expect(existsSync(record.folder)).toBe(false);
  });

  it('is gone once the disk takes that again', async () => {
    const { record } = await begin(1);
    disk.refuses = (path) => path.includes(record.face.id);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await chain.abandon(record);
      disk.refuses = () => false;
      await vi.advanceTimersByTimeAsync(60_000);
    } finally {
      vi.useRealTimers();
    }
    await expect.poll(() => existsSync(record.folder)).toBe(false);
  });
});
