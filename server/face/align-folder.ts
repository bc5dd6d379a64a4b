import { readdir, stat } from 'node:fs/promises';
import { join, parse, relative, resolve, sep } from 'node:path';
import { strToU8, Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { FamiliarError } from '../errors.ts';
import { isPartialName, writeChunksAtomic } from '../files/atomic.ts';
import { fileError } from '../files/errors.ts';
import { encodePng } from '../image/encode.ts';
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

/** A ZIP without its 64-bit extension holds no more. */
const MOST_FILES = 65_000;
const MOST_BYTES = 4.2e9;

/** ZIPs of the same faces are the same bytes. */
const ZIP_DATE = '1980-01-01T12:00:00';

/**
 * Aligns a folder of photographs for training: a ZIP of PNG faces, `index.csv` (file, sampling_weight, original) and
 * `skipped.csv` (file, code, reason). Holds two photographs in memory at a time; the ZIP appears when it is whole.
 *
 * @throws FamiliarError ALIGN_NO_FACES where nothing could be aligned, ALIGN_TOO_MUCH where a ZIP cannot hold it,
 * FACE_DETECTOR_FAILED, or FILE_* and DISK_* for the folder and the ZIP.
 */
export async function alignFolder(order: AlignOrder): Promise<AlignedFolder> {
  const files = await listFiles(order.folder, order.out);
  if (files.length > MOST_FILES) throw tooMuch(order.folder);
  const skipped: SkippedFile[] = [];
  const index: string[][] = [['file', 'sampling_weight', 'original']];
  let left = 0;

  async function* zipped(): AsyncGenerator<Uint8Array> {
    let chunks: Uint8Array[] = [];
    let bytes = 0;
    const zip = new Zip((error, chunk) => {
      if (error) throw error;
      bytes += chunk.byteLength;
      chunks.push(chunk);
    });
    const take = () => {
      if (bytes > MOST_BYTES) throw tooMuch(order.folder);
      const taken = chunks;
      chunks = [];
      return taken;
    };
    let done = 0;
    for await (const { file, png, error } of alignAll(order, files)) {
      order.onProgress?.(++done, files.length, file);
      if (error !== undefined) skipped.push({ file, code: error.code, reason: error.message });
      else {
        const name = faceName(index.length - 1, file, files.length);
        index.push([name, '1', file]);
        add(zip, new ZipPassThrough(name), png);
      }
      yield* take();
    }
    left = files.length - done;
    if (index.length === 1) throw noFaces(order.folder, skipped);
    add(zip, new ZipDeflate('index.csv'), strToU8(csv(index)));
    const rows = skipped.map(({ file, code, reason }) => [file, code, reason]);
    add(zip, new ZipDeflate('skipped.csv'), strToU8(csv([['file', 'code', 'reason'], ...rows])));
    zip.end();
    yield* take();
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

/** Relative paths with slashes, in order; without hidden files, half-written ones and the ZIP itself. */
async function listFiles(folder: string, out: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files: string[] = [];
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      const file = relative(folder, path).split(sep).join('/');
      if (/(^|\/)\./.test(file) || isPartialName(entry.name) || resolve(path) === resolve(out)) continue;
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

/** `0042-anna.png`: sorts as the folder does, and stays readable on any system. */
function faceName(number: number, file: string, total: number): string {
  const digits = Math.max(4, String(total).length);
  const stem = parse(file)
    .name.replace(/[^A-Za-z0-9_-]+/g, '-')
    .slice(0, 60);
  return `${String(number).padStart(digits, '0')}-${stem}.png`;
}

function add(zip: Zip, entry: ZipPassThrough | ZipDeflate, data: Uint8Array): void {
  entry.mtime = ZIP_DATE;
  zip.add(entry);
  entry.push(data, true);
}

/** RFC 4180. */
const csv = (rows: readonly (readonly string[])[]): string =>
  rows
    .map(
      (row) => `${row.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`,
    )
    .join('');

function noFaces(folder: string, [first]: readonly SkippedFile[]): FamiliarError {
  const why = first === undefined ? 'it holds no files' : `the first of its files was skipped because ${first.reason}`;
  return new FamiliarError('ALIGN_NO_FACES', `${folder}: no face could be aligned; ${why.replace(/\.$/, '')}.`);
}

const tooMuch = (folder: string): FamiliarError =>
  new FamiliarError(
    'ALIGN_TOO_MUCH',
    `${folder}: a ZIP holds at most ${MOST_FILES} faces and ${MOST_BYTES / 1e9} GB. Align its parts one by one, or smaller.`,
  );
