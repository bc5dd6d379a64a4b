import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { FamiliarError } from '../errors.ts';
import { fileError } from '../files/errors.ts';
import { writePrivate } from './private-files.ts';

/** `000042-9f3a…`: sorts by visitor, cannot be guessed, and is a safe name on every disk and in every address. */
export const faceIdPattern = /^\d{6,10}-[0-9a-f]{12}$/;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.number().nonnegative();

const schema = z.object({
  version: z.literal(1),
  id: z.string().regex(faceIdPattern),
  /** Never given twice, not even after a face was forgotten. */
  visitor: z.int().positive(),
  startedAt: time,
  /** Null while it is becoming. */
  finishedAt: time.nullable(),
  /** How it ended: `interrupted` where the program was cut off and the face closed at the next start. */
  ending: z.enum(['becoming', 'arrived', 'early', 'interrupted']),
  steps: z.int().nonnegative(),
  likeness: z.number().min(0).max(1).nullable(),
  /** Hash of the secret on the visitor's receipt; the secret itself is kept nowhere. */
  receiptSha256: sha256,
  consent: z.object({
    at: time,
    how: z.enum(['tablet', 'rehearsal']),
    /** In which they were asked; null where nobody was. Faces of before this was kept have neither this nor the hash. */
    language: z.string().max(35).nullable().optional(),
    text: z.string().max(20_000),
    /** Of `text`, UTF-8: the version of the words, to be compared without reading them. */
    textSha256: sha256.optional(),
  }),
  pack: z.object({
    name: z.string().max(100),
    sha256,
    resolution: z.int().positive(),
    numWs: z.int().positive(),
    wDim: z.int().positive(),
    /** Sides of the noise maps that are a part of a latent, in their order. */
    noise: z.array(z.int().positive()).max(64).optional(),
  }),
  /** The face it grew out of: its first picture is that face's last one. */
  from: z.string().regex(faceIdPattern).nullable(),
  /** Share of the face before that is still in the kept one; version 0.1 did not write it down. */
  shareOfBefore: z.number().min(0).max(1).optional(),
});

/** A face's face.json. */
export type FaceRecord = z.infer<typeof schema>;
/** Which network a latent means something to. */
export type PackFacts = FaceRecord['pack'];

/** Numbers of a latent: ws [numWs, wDim], then each noise map [size, size]. */
export const latentLength = ({ numWs, wDim, noise = [] }: PackFacts): number =>
  noise.reduce((sum, size) => sum + size * size, numWs * wDim);

const largestRecord = 64 * 1024;

/** Reads face.json. Throws FACE_DAMAGED, or what the operating system says of the file. */
export async function readFaceRecord(path: string): Promise<FaceRecord> {
  let text: string;
  try {
    if ((await stat(path)).size > largestRecord) throw damaged(path, 'it is larger than 64 KB');
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw fileError(path, error);
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw damaged(path, 'it is no JSON');
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw damaged(path, `${issue.path.join('.')}: ${issue.message}`);
}

export const writeFaceRecord = (path: string, record: FaceRecord): Promise<void> =>
  writePrivate(path, `${JSON.stringify(record, null, 2)}\n`);

const damaged = (path: string, reason: string): FamiliarError =>
  new FamiliarError(
    'FACE_DAMAGED',
    `${path}: this face cannot be shown (${reason}). Put the folder back from a backup, or delete it.`,
  );
