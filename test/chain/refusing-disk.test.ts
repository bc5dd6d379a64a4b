import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Chain, openChain } from '../../server/chain/chain.ts';
import { orderOf, picture } from '../engine/tiny-pack.ts';

const pack = { name: 'test', sha256: 'a'.repeat(64), resolution: 32, numWs: 2, wDim: 3 };
let folder: string;
let chain: Chain;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'familiar-'));
  chain = await openChain({ folder, keepPortraits: false, forgetAfter: 0 });
});
afterEach(async () => {
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
