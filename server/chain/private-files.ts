import { chmod, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomic.ts';

/** Latents and pictures of visitors: no other account of the computer reads them. */
export const privateFolder = 0o700;
export const privateFile = 0o600;

/** Writes a whole file atomically that only this account can read. */
export const writePrivate = (path: string, data: string | Uint8Array): Promise<void> =>
  writeFileAtomic(path, data, privateFile);

/**
 * Takes a folder and its files away from other accounts, where an earlier version or a copy left them open.
 *
 * @param names of the files; all where they are left out
 */
export async function makePrivate(folder: string, names?: readonly string[]): Promise<void> {
  // Windows has no such modes; on some network disks they cannot be changed, and the chain works all the same.
  try {
    const { mode, isDirectory } = await entryAt(folder);
    if (process.platform === 'win32' || !isDirectory || (mode & 0o077) === 0) return;
    await chmod(folder, privateFolder);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isFile() && (names?.includes(entry.name) ?? true)) await chmod(join(folder, entry.name), privateFile);
    }
  } catch {}
}

/** Makes a folder readable and writable for this account, if it is its own; what is done next says where it is not. */
export async function makeOurs(folder: string): Promise<void> {
  try {
    if ((await entryAt(folder)).isDirectory) await chmod(folder, privateFolder);
  } catch {}
}

/** A link is not followed: what it leads to is not the chain's. */
async function entryAt(path: string): Promise<{ readonly mode: number; readonly isDirectory: boolean }> {
  const stats = await lstat(path);
  return { mode: stats.mode, isDirectory: stats.isDirectory() };
}
