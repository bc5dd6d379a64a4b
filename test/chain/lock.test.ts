import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Chain, openChain } from '../../server/chain/chain.ts';
import { takeLock } from '../../server/chain/lock.ts';

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

describe('the lock', () => {
  it('lets one program in', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'CHAIN_IN_USE' });
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    try {
      await chain.close();
      await writeFile(join(folder, 'chain.lock'), JSON.stringify({ pid: other.pid, token: 'x' }));
      await expect(open()).rejects.toThrow(new RegExp(`process ${other.pid}`));
      // Its number lives, but nobody has touched the lock for long: the number was dealt out anew.
      const old = new Date(Date.now() - 60_000);
      await utimes(join(folder, 'chain.lock'), old, old);
      chain = await open();
    } finally {
      other.kill('SIGKILL');
    }
  });

  it.skipIf(process.platform !== 'linux')('of a dead program that its parent does not reap is taken over', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const pid = Number(String((await once(parent.stdout, 'data'))[0]));
      const state = () => readFile(`/proc/${pid}/stat`, 'utf8').then((text) => text.split(') ')[1]?.[0]);
      await expect.poll(state).toBe('Z');
      await chain.close();
      await writeFile(join(folder, 'chain.lock'), JSON.stringify({ pid, token: 'x' }));
      chain = await open();
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('of a program that is just ending is taken over', async () => {
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    await chain.close();
    await writeFile(join(folder, 'chain.lock'), JSON.stringify({ pid: other.pid, token: 'x' }));
    const opening = open();
    other.kill('SIGKILL');
    chain = await opening;
  });

  it.each(['', '{', '{"pid":99999999,"token":"x"}'])('left behind as %j is taken over', async (text) => {
    await chain.close();
    await writeFile(join(folder, 'chain.lock'), text);
    chain = await open();
    await expect(open()).rejects.toMatchObject({ code: 'CHAIN_IN_USE' });
  });

  it('left behind by a clock that went ahead of ours is taken over, unless somebody touches it', async () => {
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    const locks = ['dead', 'alive'].map((name) => join(folder, name, 'chain.lock'));
    const touch = (lock: string, ahead: number) => {
      const then = new Date(Date.now() + ahead * 60_000);
      return utimes(lock, then, then);
    };
    try {
      for (const lock of locks) {
        await mkdir(dirname(lock));
        await writeFile(lock, JSON.stringify({ pid: other.pid, token: 'x' }));
        await touch(lock, 60);
      }
      setTimeout(() => void touch(locks[1], 59), 1_000);
      const [dead, alive] = await Promise.allSettled(locks.map((lock) => takeLock(dirname(lock))));
      expect(alive).toMatchObject({ reason: { code: 'CHAIN_IN_USE' } });
      expect(dead.status).toBe('fulfilled');
      if (dead.status === 'fulfilled') await dead.value.release();
    } finally {
      other.kill('SIGKILL');
    }
  });
});
