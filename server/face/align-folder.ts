import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { FamiliarError } from '../errors.ts';
import { isPartialName, writeChunksAtomic } from '../files/atomic.ts';
import { fileError } from '../files/errors.ts';
import { mayBePhotographAt } from '../files/photograph-names.ts';
import { encodePng } from '../image/encode.ts';
import { faceName, MOST_ZIP_BYTES, MOST_ZIP_FILES, ZipStream } from './face-zip.ts';
import { type PortraitOptions, preparePortrait } from './portrait.ts';

export interface AlignOrder {
  /** Folder of photographs; those in folders inside of it count as well. */
  readonly folder: string;
  /** The ZIP to write. */
  readonly out: string;
  readonly portrait: PortraitOptions;
  /** Stops after the photographs in hand; the ZIP then holds what was done by then. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number, file: string) => void;
}

export interface SkippedFile {
  /** Path relative to the folder, with slashes. */
  readonly file: string;
  readonly code: string;
  readonly reason: string;
}

export interface AlignedFolder {
  readonly aligned: number;
  readonly skipped: readonly SkippedFile[];
  /** Photographs that were not looked at because the signal came. */
  readonly left: number;
}

/** Photographs in hand at once: one is decoded or packed while the detector looks at the other. */
const IN_HAND = 2;

/**
 * Aligns a folder of photographs for training: a ZIP of PNG faces, `index.csv` (file, sampling_weight, original) and
 * `skipped.csv` (file, code, reason). Holds two photographs in memory at a time; the ZIP appears when it is whole.
 *
 * @throws FamiliarError ALIGN_NO_FACES where nothing could be aligned, ALIGN_TOO_MUCH where a ZIP cannot hold it,
 * FACE_DETECTOR_FAILED, or FILE_* and DISK_* for the folder and the ZIP.
 */
export async function alignFolder(order: AlignOrder): Promise<AlignedFolder> {
  const files = await listFiles(order.folder, order.out);
  if (files.length > MOST_ZIP_FILES) throw tooMuch(order.folder);
  const skipped: SkippedFile[] = [];
  const index: string[][] = [['file', 'sampling_weight', 'original']];
  let left = 0;

  async function* zipped(): AsyncGenerator<Uint8Array> {
    const zip = new ZipStream();
    let done = 0;
    for await (const { file, png, error } of alignAll(order, files)) {
      order.onProgress?.(++done, files.length, file);
      if (error !== undefined) skipped.push({ file, code: error.code, reason: error.message });
      else {
        const name = faceName(index.length - 1, file, files.length);
        index.push([name, '1', file]);
        zip.addPacked(name, png);
      }
      if (zip.bytes > MOST_ZIP_BYTES) throw tooMuch(order.folder);
      yield* zip.take();
    }
    left = files.length - done;
    if (index.length === 1) throw noFaces(order.folder, skipped);
    zip.addCsv('index.csv', index);
    zip.addCsv('skipped.csv', [
      ['file', 'code', 'reason'],
      ...skipped.map(({ file, code, reason }) => [file, code, reason]),
    ]);
    zip.end();
    yield* zip.take();
  }
  await writeChunksAtomic(order.out, zipped());
  return { aligned: index.length - 1, skipped, left };
}

type Result =
  | { readonly file: string; readonly png: Uint8Array; readonly error?: undefined }
  | { readonly file: string; readonly png?: undefined; readonly error: FamiliarError };

/** Every file's face, in order, a few at work at a time. */
async function* alignAll(order: AlignOrder, files: readonly string[]): AsyncGenerator<Result> {
  const inHand: Promise<Result>[] = [];
  let next = 0;
  try {
    while (next < files.length || inHand.length > 0) {
      while (inHand.length < IN_HAND && next < files.length && order.signal?.aborted !== true) {
        inHand.push(alignOne(order, files[next++]));
      }
      const first = inHand.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    await Promise.allSettled(inHand);
  }
}

async function alignOne({ folder, portrait }: AlignOrder, file: string): Promise<Result> {
  try {
    const { image } = await preparePortrait(join(folder, file), portrait);
    return { file, png: await encodePng(image) };
  } catch (error) {
    if (!(error instanceof FamiliarError) || error.code === 'FACE_DETECTOR_FAILED') throw error;
    return { file, error };
  }
}

/** Relative paths with slashes, in order; without what systems leave, half-written files and the ZIP itself. */
async function listFiles(folder: string, out: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files: string[] = [];
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      const file = relative(folder, path).split(sep).join('/');
      if (!mayBePhotographAt(file) || isPartialName(entry.name) || resolve(path) === resolve(out)) continue;
      if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path)))) files.push(file);
    }
    return files.sort();
  } catch (cause) {
    throw fileError(folder, cause);
  }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );

function noFaces(folder: string, [first]: readonly SkippedFile[]): FamiliarError {
  const why = first === undefined ? 'it holds no files' : `the first of its files was skipped because ${first.reason}`;
  return new FamiliarError('ALIGN_NO_FACES', `${folder}: no face could be aligned; ${why.replace(/\.$/, '')}.`);
}

const tooMuch = (folder: string): FamiliarError =>
  new FamiliarError(
    'ALIGN_TOO_MUCH',
    `${folder}: a ZIP holds at most ${MOST_ZIP_FILES} faces and ${MOST_ZIP_BYTES / 1e9} GB. Align its parts one by one, or smaller.`,
  );
