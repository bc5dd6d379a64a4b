import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileError } from '../files/errors.ts';
import { faceFiles } from './face-folder.ts';
import { faceIdPattern, readFaceRecord, writeFaceRecord } from './face-record.ts';
import { sweepFilms } from './films.ts';
import { readIndex } from './index-file.ts';
import type { ChainPaths } from './open-folders.ts';
import { makeOurs, privateFolder } from './private-files.ts';
import { keptShareOfBefore, mostShareLeft } from './share-of-before.ts';

/** Puts a face out of the chain in one event; what follows can be repeated until it is done. */
export async function beginForgetting(paths: ChainPaths, id: string): Promise<void> {
  try {
    // Its mark, if any: Windows renames over nothing.
    await rmdir(join(paths.forgotten, id)).catch(() => undefined);
    // A folder that cannot be written to cannot be moved either.
    await makeOurs(join(paths.faces, id));
    await rename(join(paths.faces, id), join(paths.forgotten, id));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(join(paths.faces, id), error);
  }
}

/** Marks a face that cannot be put out of the chain at present: the next start does it first of all. */
export async function markForgotten(paths: ChainPaths, id: string): Promise<void> {
  // A disk that takes not even this is tried again while the program runs.
  await mkdir(join(paths.forgotten, id), { recursive: true, mode: privateFolder }).catch(() => undefined);
}

/**
 * Deletes what is left of a forgotten face. The films of the faces that grew out of it begin with it, so they go as well;
 * their other pictures stay. Those that are becoming need their journals, and see to them themselves.
 */
export async function finishForgetting(paths: ChainPaths, id: string): Promise<void> {
  if (faceIdPattern.test(id)) {
    const followers = await followersOf(paths, id);
    await sweepFilms(paths.films, [id, ...followers.map((folder) => basename(folder))]);
    for (const follower of followers) {
      for (const name of [faceFiles.video, faceFiles.journal]) await rm(join(follower, name), { force: true });
      // Last, since nothing else tells that there is something to delete. A full disk leaves the number of nobody there.
      await forgetOrigin(join(follower, faceFiles.record)).catch(() => undefined);
    }
  }
  await removeForgotten(paths, id);
}

/**
 * The finished faces that still show a face, nearest first: each that grew out of it, or out of another of these, and
 * ended early. One whose record cannot be read is taken for one of them.
 */
export async function sharersOf(paths: ChainPaths, id: string, share = 1): Promise<string[]> {
  const sharers: string[] = [];
  for (const folder of await followersOf(paths, id)) {
    const record = await readFaceRecord(join(folder, faceFiles.record)).catch(() => null);
    const left = share * (record === null ? 1 : keptShareOfBefore(record));
    if (left <= mostShareLeft) continue;
    const sharer = basename(folder);
    sharers.push(sharer, ...(await sharersOf(paths, sharer, left)));
  }
  return sharers;
}

/** Deletes the faces that still show a forgotten one, as `sharersOf` tells them. A power cut between two leaves the rest to the start. */
export async function forgetSharers(paths: ChainPaths, sharers: readonly string[]): Promise<void> {
  // The farthest first: the way to them leads over the nearer ones.
  for (const sharer of sharers.toReversed()) {
    await beginForgetting(paths, sharer);
    await finishForgetting(paths, sharer);
  }
}

/** Deletes a face out of which none has grown. */
export async function removeForgotten(paths: ChainPaths, id: string): Promise<void> {
  const folder = join(paths.forgotten, id);
  try {
    await makeOurs(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    throw fileError(folder, error);
  }
}

async function forgetOrigin(path: string): Promise<void> {
  await writeFaceRecord(path, { ...(await readFaceRecord(path)), from: null });
}

/** Folders of the finished faces that grew out of this one. */
async function followersOf(paths: ChainPaths, id: string): Promise<string[]> {
  const followers: string[] = [];
  const index = await readIndex(paths.index);
  for (const name of await readdir(paths.faces)) {
    if (!faceIdPattern.test(name)) continue;
    const folder = join(paths.faces, name);
    const known = index.get(name);
    const record = known ? null : await readFaceRecord(join(folder, faceFiles.record)).catch(() => null);
    if (known?.from === id || (record?.from === id && record.finishedAt !== null)) followers.push(folder);
  }
  return followers;
}
