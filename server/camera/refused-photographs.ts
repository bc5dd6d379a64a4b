import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { Off } from '../installation/ports.ts';

/** A face may still be seen in a broken photograph: none is kept for longer, ms. */
const keptMs = 24 * 3600 * 1000;
const sweepIntervalMs = 3600 * 1000;

/** Where a folder of photographs keeps those that could not be read. */
export const refusedFolder = (folder: string): string => join(folder, 'refused');

/**
 * Deletes what has lain for a day among the refused photographs of a folder. Rejects where the disk refuses.
 *
 * @param now ms since 1970
 */
export async function sweepRefused(folder: string, now: number): Promise<void> {
  const refused = refusedFolder(folder);
  const names = await readdir(refused).catch(() => []);
  for (const name of names) {
    const path = join(refused, name);
    // Moving a file changes this time, and nothing sets it back. One from the future was put there by a wrong clock.
    const { ctimeMs } = await stat(path).catch(() => ({ ctimeMs: now }));
    if (Math.abs(now - ctimeMs) >= keptMs) await rm(path, { recursive: true, force: true });
  }
}

/** Sweeps now and every hour, whichever camera is in use. `warn` is told once where the disk refuses. */
export function keepSweepingRefused(folder: string, now: () => number, warn: (message: string) => void): Off {
  let told = '';
  const sweep = () =>
    sweepRefused(folder, now()).catch((error) => {
      const message = `Refused photographs cannot be deleted: ${messageOf(error)}`;
      if (message !== told) warn(message);
      told = message;
    });
  void sweep();
  const timer = setInterval(() => void sweep(), sweepIntervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
