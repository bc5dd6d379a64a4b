import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FamiliarError } from '../../errors.ts';
import { fileError } from '../../files/errors.ts';

export interface NewFolderOptions {
  /** Puts the new folder in the place of an old one, which stays until the new one is whole. */
  readonly replace: boolean;
  /** Bytes that will be written. */
  readonly bytes: number;
}

/**
 * Makes a folder as one event: `fill` writes into a temporary one beside it, which is then renamed. When anything fails
 * the disk is as before. Throws FOLDER_EXISTS, DISK_FULL and FILE_*.
 */
export async function newFolder<T>(
  path: string,
  options: NewFolderOptions,
  fill: (folder: string) => Promise<T>,
): Promise<T> {
  if (existsSync(path) && !options.replace) {
    throw new FamiliarError(
      'FOLDER_EXISTS',
      `${path} is there already. Choose another --name, or replace it with --force.`,
    );
  }
  const parent = dirname(path);
  const temporary = join(parent, `.${basename(path)}.${randomUUID()}.partial`);
  const firstMade = await mkdir(parent, { recursive: true }).catch((cause) => {
    throw fileError(parent, cause);
  });
  let done = false;
  try {
    await checkRoom(parent, options.bytes);
    await mkdir(temporary);
    const result = await fill(temporary);
    await putInPlace(temporary, path);
    done = true;
    return result;
  } catch (cause) {
    throw cause instanceof Error && 'syscall' in cause ? fileError(path, cause) : cause;
  } finally {
    if (!done) {
      await rm(temporary, { recursive: true, force: true });
      if (firstMade !== undefined) await rm(firstMade, { recursive: true, force: true });
    }
  }
}

async function putInPlace(temporary: string, path: string): Promise<void> {
  if (!existsSync(path)) return rename(temporary, path);
  const old = `${temporary}.old`;
  await rename(path, old);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rename(old, path);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

/** Some room is left over, so that logs and faces can still be written. */
const spare = 64 * 2 ** 20;

async function checkRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < bytes + spare) {
    const inMb = (n: number) => Math.ceil(n / 1e6).toLocaleString('en-US');
    throw new FamiliarError(
      'DISK_FULL',
      `${folder}: ${inMb(bytes + spare)} MB are needed and ${inMb(bavail * bsize)} MB are free. Make room, or choose another disk with --out.`,
    );
  }
}
