import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { usageError } from '../errors.ts';
import { fileError } from '../files/errors.ts';
import { mayBePhotograph } from '../files/photograph-names.ts';

/** Names in the order in which people count: 2 before 10. */
const counting = new Intl.Collator('en', { numeric: true });

export interface GivenPortraits {
  /** Paths in the order in which they were given, each folder's by name. */
  readonly portraits: readonly string[];
  /** Those that were found in a folder and not named themselves: they need not be photographs. */
  readonly found: ReadonlySet<string>;
}

/**
 * The portraits a command was given, in order. A folder stands for the files that lie in it, by name: not every system's
 * shell knows `*.jpg`. Paths that are no folder stay what they are; who opens them says what is wrong.
 * Throws USAGE where a folder holds nothing, or what the system says of it.
 */
export async function listPortraits(paths: readonly string[]): Promise<GivenPortraits> {
  const lists = await Promise.all(paths.map(inside));
  const found = new Set(lists.flatMap((names) => names ?? []));
  for (const path of paths) found.delete(path);
  return { portraits: paths.flatMap((path, i) => lists[i] ?? [path]), found };
}

/** What lies in a folder; null where the path is none. */
async function inside(path: string): Promise<string[] | null> {
  let entries: Dirent[];
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR' || code === 'ENOENT') return null;
    throw fileError(path, error);
  }
  const names = entries.filter((entry) => !entry.isDirectory() && mayBePhotograph(entry.name)).map(({ name }) => name);
  if (names.length === 0) throw usageError(`${path}: no photograph lies in this folder.`);
  return names.sort(counting.compare).map((name) => join(path, name));
}
