import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { usageError } from '../errors.ts';
import { fileError } from '../files/errors.ts';
import { mayBePhotograph } from '../files/photograph-names.ts';

/** Names in the order in which people count: 2 before 10. */
const counting = new Intl.Collator('en', { numeric: true });

/**
 * The portraits a command was given, in order. A folder stands for the photographs that lie in it, by name: not every
 * system's shell knows `*.jpg`. Paths that are no folder stay what they are; who opens them says what is wrong.
 * Throws USAGE where a folder holds nothing, or what the system says of it.
 */
export async function listPortraits(paths: readonly string[]): Promise<string[]> {
  return (await Promise.all(paths.map(inside))).flat();
}

async function inside(path: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR' || code === 'ENOENT') return [path];
    throw fileError(path, error);
  }
  const names = entries.filter((entry) => !entry.isDirectory() && mayBePhotograph(entry.name)).map(({ name }) => name);
  if (names.length === 0) throw usageError(`${path}: no photograph lies in this folder.`);
  return names.sort(counting.compare).map((name) => join(path, name));
}
