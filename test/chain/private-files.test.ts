import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openChain } from '../../server/chain/chain.ts';
import { orderOf, picture } from '../engine/tiny-pack.ts';

const pack = { name: 'test', sha256: 'a'.repeat(64), resolution: 32, numWs: 2, wDim: 3 };

/** What other accounts of the computer could open, with its mode. */
async function openToOthers(folder: string): Promise<string[]> {
  const names = ['.', ...(await readdir(folder, { recursive: true }))];
  const open: string[] = [];
  for (const name of names) {
    const { mode } = await stat(join(folder, name));
    if (mode & 0o077) open.push(`${name} ${(mode & 0o777).toString(8)}`);
  }
  return open;
}

describe.skipIf(process.platform === 'win32')('the chain on the disk', () => {
  it('is nobody else’s on this computer, whatever is written of a face', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'familiar-'));
    const folder = join(parent, 'chain');
    let chain = await openChain({ folder, keepPortraits: true, forgetAfter: 100 });
    const { record } = await chain.begin(orderOf(1, picture(1), 10), pack, null);
    for (const step of [0, 1, 2]) {
      await record.append({ step, done: step / 2, loss: 1, likeness: 0, ws: new Float32Array(6), noise: null });
    }
    expect(await openToOthers(folder)).toEqual([]);
    const { id } = record.face;
    await chain.finish(record, picture(1), 'arrived');
    const order = chain.nextFilm(pack, new Set());
    await writeFile(order?.video as string, 'a film as the encoder writes it');
    await chain.filmed(id, order?.video as string);
    expect(await readdir(join(folder, 'faces', id))).toEqual(
      expect.arrayContaining(['portrait.jpg', 'evolution.mp4', 'latent.safetensors', 'final.webp', 'curve.json']),
    );
    expect(await openToOthers(folder)).toEqual([]);
    await chain.close();

    // As version 0.1 left it.
    for (const name of ['.', 'faces', `faces/${id}`]) await chmod(join(folder, name), 0o755);
    for (const name of ['index.json', `faces/${id}/final.webp`]) await chmod(join(folder, name), 0o644);
    await writeFile(join(folder, 'of-somebody-else.txt'), '', { mode: 0o644 });
    chain = await openChain({ folder, keepPortraits: true, forgetAfter: 0 });
    expect(await openToOthers(folder)).toEqual(['of-somebody-else.txt 644']);
    await chain.close();
    await rm(parent, { recursive: true });
  });
});
