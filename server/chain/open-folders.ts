import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf } from '../errors.ts';
import { fileError } from '../files/errors.ts';
import { removeJournal } from './becoming-record.ts';
import { exists, faceFiles, readFaceLatent, sweepPartials, writeFaceCurve, writeFaceLatent } from './face-folder.ts';
import { type FaceRecord, faceIdPattern, latentLength, readFaceRecord, writeFaceRecord } from './face-record.ts';
import { sweepFilms } from './films.ts';
import { type ChainEntry, entryOf, readIndex } from './index-file.ts';
import { readJournal } from './journal.ts';
import { decodeSteps, vectorOf, wholeSteps } from './step-record.ts';

/** Where a chain keeps its things. */
export const chainPaths = (folder: string) => ({
  faces: join(folder, 'faces'),
  /** Faces on their way out: whatever lies here is deleted at the next opportunity. */
  forgotten: join(folder, 'forgotten'),
  /** Films that the engine is making: none is beside its face before it is whole, and nobody was forgotten meanwhile. */
  films: join(folder, 'films'),
  index: join(folder, 'index.json'),
  counter: join(folder, 'visitors.json'),
});
export type ChainPaths = ReturnType<typeof chainPaths>;

export interface OpenedFolders {
  /** Finished faces, oldest first. */
  readonly entries: ChainEntry[];
  /** The highest visitor number met, also of faces that are not whole. */
  readonly highest: number;
  /** What a technician should know, in words. */
  readonly problems: string[];
}

/** Brings the folders into order: forgotten faces go, interrupted becomings are closed, what is not indexed is read. */
export async function openFolders(paths: ChainPaths, now: number): Promise<OpenedFolders> {
  try {
    await mkdir(paths.faces, { recursive: true });
    await mkdir(paths.forgotten, { recursive: true });
    await mkdir(paths.films, { recursive: true });
    await sweepFilms(paths.films);
  } catch (error) {
    throw fileError(paths.faces, error);
  }
  const problems: string[] = [];
  const forgotten = await readdir(paths.forgotten);
  for (const id of forgotten) await finishForgetting(paths, id);
  const ids = (await readdir(paths.faces)).filter((name) => faceIdPattern.test(name));
  const index = await readIndex(paths.index);
  const entries: ChainEntry[] = [];
  for (const id of ids) {
    const known = index.get(id);
    try {
      const entry = known?.drawn && known.filmed ? known : await openFace(join(paths.faces, id), now);
      // The index may be older than that.
      const isForgotten = entry?.from != null && forgotten.includes(entry.from);
      if (entry !== null) entries.push(isForgotten ? { ...entry, from: null } : entry);
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  entries.sort((a, b) => a.visitor - b.visitor || a.at - b.at);
  const highest = Math.max(0, ...entries.slice(-1).map((e) => e.visitor), ...ids.map((id) => Number.parseInt(id, 10)));
  return { entries, highest, problems };
}

/** The entry of one folder; null where nothing of a face had come into being, and the folder is gone. */
async function openFace(folder: string, now: number): Promise<ChainEntry | null> {
  await sweepPartials(folder);
  const path = join(folder, faceFiles.record);
  if (!(await exists(path)) && (await readdir(folder)).every((name) => name === faceFiles.journal)) {
    // The power went before the first step could be made.
    await rm(folder, { recursive: true, force: true });
    return null;
  }
  let record: FaceRecord | null = await readFaceRecord(path);
  if (record.finishedAt === null) record = await closeInterrupted(folder, record, now);
  if (record === null) return null;
  const [isDrawn, hasJournal] = await Promise.all([
    exists(join(folder, faceFiles.final)),
    exists(join(folder, faceFiles.journal)),
  ]);
  // Its pictures can be drawn from nothing else.
  if (!isDrawn) readFaceLatent(folder, record.id, record.pack);
  return entryOf(record, isDrawn, !hasJournal);
}

/** Closes a becoming that the program did not see the end of, with the last latent that reached the disk. */
async function closeInterrupted(folder: string, record: FaceRecord, now: number): Promise<FaceRecord | null> {
  const { payloads } = await readJournal(join(folder, faceFiles.journal));
  const { numWs, wDim } = record.pack;
  const steps = decodeSteps(payloads);
  const last = wholeSteps(steps, numWs * wDim, latentLength(record.pack)).at(-1);
  if (last === undefined || last.step === 0) {
    // Nothing but the face it would have grown out of.
    await rm(folder, { recursive: true, force: true });
    return null;
  }
  await writeFaceLatent(folder, record.pack, vectorOf(last));
  await writeFaceCurve(folder, steps);
  const { from } = record;
  const hasOrigin = from !== null && (await exists(join(folder, '..', from)));
  const closed: FaceRecord = {
    ...record,
    finishedAt: now,
    ending: 'interrupted',
    steps: last.step,
    likeness: last.likeness,
    from: hasOrigin ? from : null,
  };
  await writeFaceRecord(join(folder, faceFiles.record), closed);
  // What it grew out of was forgotten: no film may begin with that.
  if (closed.from !== from) await removeJournal(folder);
  return closed;
}

/** Puts a face out of the chain in one event; what follows can be repeated until it is done. */
export async function beginForgetting(paths: ChainPaths, id: string): Promise<void> {
  try {
    await rename(join(paths.faces, id), join(paths.forgotten, id));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(join(paths.faces, id), error);
  }
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
  await rm(join(paths.forgotten, id), { recursive: true, force: true, maxRetries: 5 });
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
