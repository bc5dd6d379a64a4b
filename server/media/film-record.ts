import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { FamiliarError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { fileError } from '../files/errors.ts';
import { videoCodecs } from './codecs.ts';

const distance = z.number().nonnegative();
const count = z.int().nonnegative();

/** A file of the film, by its path from the film's folder: forward slashes, and no way out of the folder. */
const inside = z
  .string()
  .min(1)
  .max(400)
  .refine(
    (path) => !/^\/|^[a-z][a-z0-9+.-]*:|\\|\p{Cc}|(^|\/)\.\.?(\/|$)/iu.test(path),
    'must be a path inside the folder',
  );

const pointSchema = z.object({
  step: count,
  loss: z.number(),
  /** Null at steps where it was not measured. */
  lpips: distance.nullable(),
});

const faceSchema = z.object({
  name: z.string().min(1).max(200),
  /** The photograph, as it was named on the command line. */
  portrait: z.string(),
  /** 1, or 2 for the second time round. */
  pass: z.int().min(1).max(2),
  /** Where its latent started: `mean`, `zero`, `start` (the pack's own), or the `video` of the face before. */
  start: z.string(),
  steps: count,
  seconds: z.number().nonnegative(),
  /** Frames of its video. */
  frames: count,
  video: inside,
  final: z.object({ lpips: distance, mse: distance }),
  curve: z.array(pointSchema).max(100_000),
  /** LPIPS from the last frame of the face before to the first of this one; null where none came before. */
  handover: z.object({ lpips: distance.nullable() }),
});

const filmSchema = z.object({
  version: z.literal(1),
  pack: z.object({
    name: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    resolution: z.int().min(4).max(4096),
  }),
  /** Further settings are kept as they are. */
  settings: z.looseObject({
    steps: count,
    every: z.int().positive(),
    fps: z.number().positive(),
    passes: z.int().min(1).max(2),
    preset: z.string(),
    space: z.enum(['w', 'w+']),
    from: z.enum(['mean', 'zero', 'previous']),
    engine: z.string(),
    seed: z.int(),
    sideBySide: z.boolean(),
    codec: z.enum(videoCodecs),
    /** How every face is bent: `age=1.5 smile=-1`; empty where none is. */
    directions: z.string().default(''),
  }),
  faces: z.array(faceSchema).max(10_000),
  /** Null until every face is done. */
  loop: z.object({ video: inside, frames: count, seam: z.object({ lpips: distance }) }).nullable(),
});

/** `chain.json` of a film: what was made, how, and how well. Written after each face, so that a film can be resumed. */
export type FilmRecord = z.infer<typeof filmSchema>;
export type FilmFace = z.infer<typeof faceSchema>;
export type FilmSettings = FilmRecord['settings'];

/** A hundred times what a film of a hundred faces needs. */
const largestRecord = 256 * 1024 * 1024;

/** Reads a record back; undefined where there is none yet. */
export async function readFilmRecord(path: string): Promise<FilmRecord | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw recordBroken(path, 'it is not JSON', cause);
  }
  const result = filmSchema.safeParse(value);
  if (result.success) return result.data;
  const [problem] = result.error.issues;
  throw recordBroken(path, `${problem.path.join('.') || 'the whole'}: ${problem.message}`, result.error);
}

export async function writeFilmRecord(path: string, record: FilmRecord): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(filmSchema.parse(record), undefined, 1)}\n`);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > largestRecord) throw recordBroken(path, 'it is far too large', undefined);
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(path, error);
  }
}

const recordBroken = (path: string, problem: string, cause: unknown): FamiliarError =>
  new FamiliarError(
    'FILM_RECORD',
    `${path} cannot be resumed from (${problem}). Delete the file, or make the film in another folder.`,
    { cause },
  );
