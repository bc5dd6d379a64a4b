import { randomUUID } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { access, mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
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
 * the disk is as before. Throws FOLDER_EXISTS, DISK_FULL and FILE_*, and what `fill` throws, of which the folder is
 * called by its final name.
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
  const firstMade = await makeParent(parent);
  let done = false;
  try {
    await removeLeftovers(path);
    await checkRoom(parent, options.bytes);
    await mkdir(temporary);
    const result = await fill(temporary);
    await putInPlace(temporary, path);
    done = true;
    return result;
  } catch (cause) {
    throw named(cause, temporary, path);
  } finally {
    if (!done) {
      await rm(temporary, { recursive: true, force: true });
      if (firstMade !== undefined) await rm(firstMade, { recursive: true, force: true });
    }
  }
}

/** Makes the folder above; returns the topmost folder that was not there before. */
async function makeParent(parent: string): Promise<string | undefined> {
  try {
    return await mkdir(parent, { recursive: true });
  } catch (cause) {
    let there = parent;
    while (!existsSync(there)) there = dirname(there);
    // Node says of a read-only disk that there is no such folder.
    const refusal = await access(there, constants.W_OK).then(
      () => cause,
      (why: unknown) => why,
    );
    throw fileError(parent, refusal);
  }
}

/** A power cut leaves a temporary folder behind. One that nobody wrote to for an hour belongs to no other import. */
const abandonedAfterMs = 3_600_000;

async function removeLeftovers(path: string): Promise<void> {
  const parent = dirname(path);
  const start = `.${basename(path)}.`;
  for (const name of await readdir(parent)) {
    if (!name.startsWith(start) || !/^[0-9a-f-]{36}\.partial$/.test(name.slice(start.length))) continue;
    const left = join(parent, name);
    const age = Date.now() - (await stat(left)).mtimeMs;
    if (age > abandonedAfterMs) await rm(left, { recursive: true, force: true });
  }
}

/** An error as a person can understand it, who never sees the temporary folder. */
function named(cause: unknown, temporary: string, path: string): unknown {
  if (cause instanceof FamiliarError) {
    if (!cause.message.includes(temporary)) return cause;
    const { code, exitCode } = cause;
    return new FamiliarError(code, cause.message.replaceAll(temporary, path), { cause, exitCode });
  }
  return cause instanceof Error && 'syscall' in cause ? fileError(path, cause) : cause;
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
