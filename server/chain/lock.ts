import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileError } from '../files/errors.ts';
import { chainInUse } from './errors.ts';
import { privateFile } from './private-files.ts';

/** The holder touches its lock so often. */
const touchEvery = 5_000;
/** A busy computer is late with it by so much. */
const touchSlack = 2_000;
/**
 * A lock that nobody touched for so long is a dead program's, even where its process number lives on: after a power cut
 * the numbers are dealt out anew.
 */
const staleAfter = 20_000;
/** A program that was killed takes a moment to end: it is waited for, and looked at in this interval, ms. */
const dyingMs = 1_500;
const dyingIntervalMs = 50;
/** Time for another program that takes over the same lock at the same moment to have written its name. */
const settle = 60;

/** What this process holds: in a container, a dead predecessor had the same number as we. */
const held = new Set<string>();

interface Holder {
  readonly pid: number;
  readonly token: string;
}

export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the folder for this program. A lock left behind by a crash or a power cut is taken over.
 * Throws CHAIN_IN_USE, or what the operating system says of the folder.
 */
export async function takeLock(folder: string): Promise<Lock> {
  const path = join(folder, 'chain.lock');
  const mine: Holder = { pid: process.pid, token: randomUUID() };
  const text = JSON.stringify(mine);
  try {
    await writeFile(path, text, { flag: 'wx', mode: privateFile });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(path, error);
    const holder = await readHolder(path);
    if (holder !== null && (await isAlive(path, holder))) throw chainInUse(folder, holder.pid);
    await replace(path, text);
    await wait(settle);
    const now = await readHolder(path);
    if (now?.token !== mine.token) throw chainInUse(folder, now?.pid ?? 0);
  }
  held.add(mine.token);
  const timer = setInterval(() => {
    const now = new Date();
    void utimes(path, now, now).catch(() => undefined);
  }, touchEvery);
  timer.unref();
  return {
    async release() {
      clearInterval(timer);
      held.delete(mine.token);
      if ((await readHolder(path))?.token === mine.token) await rm(path, { force: true }).catch(() => undefined);
    },
  };
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, text, { mode: privateFile });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(path, error);
  }
}

/** Null where there is none, or it is not written whole. */
async function readHolder(path: string): Promise<Holder | null> {
  try {
    const { pid, token } = JSON.parse(await readFile(path, 'utf8'));
    return Number.isInteger(pid) && pid > 0 && typeof token === 'string' ? { pid, token } : null;
  } catch {
    return null;
  }
}

async function isAlive(path: string, { pid, token }: Holder): Promise<boolean> {
  if (pid === process.pid) return held.has(token);
  const touched = await touchedAt(path);
  for (let waited = 0; waited < dyingMs; waited += dyingIntervalMs) {
    if (!(await isRunning(pid))) return false;
    await wait(dyingIntervalMs);
  }
  const age = Date.now() - touched;
  if (age >= 0) return age <= staleAfter;
  // From the future: the power was cut on a computer whose clock does not outlast that. Whoever lives touches it again.
  await wait(touchEvery + touchSlack);
  return (await touchedAt(path)) !== touched;
}

const touchedAt = async (path: string): Promise<number> => (await stat(path).catch(() => ({ mtimeMs: 0 }))).mtimeMs;

async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    return !(await isZombie(pid));
  } catch (error) {
    // EPERM: it lives, under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Linux: whether a process has ended and only its parent has not asked how. Containers without an init never do. */
async function isZombie(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  // `pid (name) state ...`; the name may contain anything.
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return /^\s*[ZX]/.test(text.slice(text.lastIndexOf(')') + 1));
}
