import { readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import type { ChainFace } from '../protocol/snapshot.ts';
import { type FaceRecord, faceIdPattern } from './face-record.ts';
import { writePrivate } from './private-files.ts';

const schema = z.object({
  version: z.literal(1),
  faces: z.array(
    z.object({
      id: z.string().regex(faceIdPattern),
      visitor: z.int().positive(),
      at: z.number(),
      likeness: z.number().nullable(),
      receiptSha256: z.string(),
      packSha256: z.string(),
      from: z.string().nullable(),
      /** Whether it has its pictures: one that was interrupted gets them when the engine is there again. */
      drawn: z.boolean(),
      /** Whether it has its video, and its journal is gone. */
      filmed: z.boolean(),
    }),
  ),
});

/** A finished face as the chain knows it without opening its folder. */
export type ChainEntry = z.infer<typeof schema>['faces'][number];

export const entryOf = (record: FaceRecord, drawn: boolean, filmed: boolean): ChainEntry => ({
  id: record.id,
  visitor: record.visitor,
  at: record.finishedAt ?? record.startedAt,
  likeness: record.likeness,
  receiptSha256: record.receiptSha256,
  packSha256: record.pack.sha256,
  from: record.from,
  drawn,
  filmed,
});

/** What others are told of a face. */
export const faceOf = ({ id, visitor, at, likeness }: ChainEntry): ChainFace => ({ id, visitor, at, likeness });

/**
 * The finished faces by id as they were last written down; empty where the file is missing or unreadable. It only saves
 * opening thousands of folders: the folders are the truth.
 */
export async function readIndex(path: string): Promise<Map<string, ChainEntry>> {
  try {
    const { faces } = schema.parse(JSON.parse(await readFile(path, 'utf8')));
    return new Map(faces.map((entry) => [entry.id, entry]));
  } catch {
    return new Map();
  }
}

/** Writes the index down, one write after the other. */
export class IndexWriter {
  readonly #path: string;
  #last: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Resolves when all is written that was to be. */
  get settled(): Promise<void> {
    return this.#last;
  }

  /** Never rejects: the folders are the truth, and the next start reads them where the index could not be written. */
  write(faces: readonly ChainEntry[]): Promise<void> {
    this.#last = this.#last
      .then(() => writePrivate(this.#path, JSON.stringify({ version: 1, faces })))
      .catch(() => rm(this.#path, { force: true }).catch(() => undefined));
    return this.#last;
  }
}
