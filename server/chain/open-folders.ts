import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { fileError } from '../files/errors.ts';
import { removeJournal } from './becoming-record.ts';
import type { Departing } from './departures.ts';
import { sharerProblem } from './errors.ts';
import { exists, faceFiles, readFaceLatent, sweepPartials, writeFaceCurve, writeFaceLatent } from './face-folder.ts';
import { type FaceRecord, faceIdPattern, latentLength, readFaceRecord, writeFaceRecord } from './face-record.ts';
import { sweepFilms } from './films.ts';
import { beginForgetting, finishForgetting, forgetSharers, sharersOf } from './forgetting.ts';
import { type ChainEntry, entryOf, readIndex } from './index-file.ts';
import { readJournal } from './journal.ts';
import { makePrivate, privateFolder } from './private-files.ts';
import { sweepRoom } from './room.ts';
import { mostShareLeft, shareOfBefore } from './share-of-before.ts';
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
  clock: join(folder, 'clock.json'),
});
/** The files in the chain's own folder. */
export const chainFiles = ['index.json', 'visitors.json', 'clock.json', 'chain.lock'];
export type ChainPaths = ReturnType<typeof chainPaths>;

export interface OpenedFolders {
  /** Finished faces, oldest first. */
  readonly entries: ChainEntry[];
  /** Faces that cannot be shown, but deleted. */
  readonly unopened: ChainEntry[];
  /** Forgotten faces that the disk did not let go of. */
  readonly stuck: Departing[];
  /** The highest visitor number met, also of faces that are not whole. */
  readonly highest: number;
  /** What a technician should know, in words. */
  readonly problems: string[];
}

/** Brings the folders into order: forgotten faces go, interrupted becomings are closed, what is not indexed is read. */
export async function openFolders(paths: ChainPaths, now: number): Promise<OpenedFolders> {
  try {
    await mkdir(paths.faces, { recursive: true, mode: privateFolder });
    await mkdir(paths.forgotten, { recursive: true, mode: privateFolder });
    await mkdir(paths.films, { recursive: true, mode: privateFolder });
    for (const folder of [paths.faces, paths.forgotten, paths.films]) await makePrivate(folder);
    await sweepFilms(paths.films);
    await sweepRoom(paths.faces);
  } catch (error) {
    throw fileError(paths.faces, error);
  }
  const problems: string[] = [];
  const forgotten = await readdir(paths.forgotten);
  const gone = [...forgotten];
  const stuck: Departing[] = [];
  for (const id of forgotten) {
    try {
      // Only a mark may lie here, of a face that the disk did not let go of.
      if (faceIdPattern.test(id)) await beginForgetting(paths, id);
      const sharers = faceIdPattern.test(id) ? await sharersOf(paths, id) : [];
      await forgetSharers(paths, sharers);
      problems.push(...sharers.map(sharerProblem));
      gone.push(...sharers);
      await finishForgetting(paths, id);
    } catch (error) {
      stuck.push({ id, receiptSha256: await receiptOf(paths, id) });
      problems.push(`A deleted face is still on the disk; that is tried again every minute. ${messageOf(error)}`);
    }
  }
  const ids = (await readdir(paths.faces)).filter((name) => faceIdPattern.test(name));
  const index = await readIndex(paths.index);
  const entries: ChainEntry[] = [];
  const unopened: ChainEntry[] = [];
  const isStuck = (id: string) => stuck.some((face) => face.id === id);
  for (const id of ids) {
    if (isStuck(id)) continue;
    const known = index.get(id);
    await makePrivate(join(paths.faces, id));
    try {
      const entry = known?.drawn && known.filmed ? known : await openFace(join(paths.faces, id), now);
      // The index may be older than that.
      const isForgotten = entry?.from != null && gone.includes(entry.from) && !isStuck(entry.from);
      if (entry !== null) entries.push(isForgotten ? { ...entry, from: null } : entry);
    } catch (error) {
      problems.push(`${messageOf(error)} The curator’s page lists it, and can delete it.`);
      const record = await readFaceRecord(join(paths.faces, id, faceFiles.record)).catch(() => null);
      const isWhole = record?.id === id;
      unopened.push(isWhole ? entryOf(record, false, false) : (known ?? (await entryOfFolder(paths.faces, id))));
    }
  }
  entries.sort((a, b) => a.visitor - b.visitor || a.at - b.at);
  const highest = Math.max(0, ...entries.slice(-1).map((e) => e.visitor), ...ids.map((id) => Number.parseInt(id, 10)));
  return { entries, unopened, stuck, highest, problems };
}

/** The hash of a forgotten face's receipt, wherever its record lies; null where that is gone. */
async function receiptOf(paths: ChainPaths, id: string): Promise<string | null> {
  for (const folder of [paths.forgotten, paths.faces]) {
    const record = await readFaceRecord(join(folder, id, faceFiles.record)).catch(() => null);
    if (record !== null) return record.receiptSha256;
  }
  return null;
}

/** What the folder of a face tells of it whose record cannot be read. */
async function entryOfFolder(faces: string, id: string): Promise<ChainEntry> {
  const at = await stat(join(faces, id)).then(
    ({ mtimeMs }) => mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );
  const visitor = Number.parseInt(id, 10);
  return {
    id,
    visitor,
    at,
    likeness: null,
    receiptSha256: '',
    packSha256: '',
    from: null,
    drawn: false,
    filmed: false,
  };
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
  const { from } = record;
  const hasOrigin = from !== null && (await exists(join(folder, '..', from)));
  const share = shareOfBefore(steps.slice(0, steps.indexOf(last) + 1));
  if (from !== null && !hasOrigin && share > mostShareLeft) {
    // It still shows the face it grew out of, and that was forgotten.
    await rm(folder, { recursive: true, force: true });
    return null;
  }
  await writeFaceLatent(folder, record.pack, vectorOf(last));
  await writeFaceCurve(folder, steps);
  const closed: FaceRecord = {
    ...record,
    finishedAt: now,
    ending: 'interrupted',
    steps: last.step,
    likeness: last.likeness,
    from: hasOrigin ? from : null,
    shareOfBefore: share,
  };
  await writeFaceRecord(join(folder, faceFiles.record), closed);
  // What it grew out of was forgotten: no film may begin with that.
  if (closed.from !== from) await removeJournal(folder);
  return closed;
}
