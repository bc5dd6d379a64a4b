import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BecomingOrder } from '../installation/ports.ts';
import { BecomingRecord } from './becoming-record.ts';
import { faceFiles } from './face-folder.ts';
import { type FaceRecord, type PackFacts, writeFaceRecord } from './face-record.ts';
import { hashOf } from './hash.ts';
import { privateFolder, writePrivate } from './private-files.ts';

/** A face that begins: its record, and the secret that goes onto the visitor's receipt and nowhere else. */
export interface NewFace {
  readonly face: FaceRecord;
  readonly receipt: string;
}

export function newFace(
  { consent }: BecomingOrder,
  visitor: number,
  pack: PackFacts,
  from: string | null,
  startedAt: number,
): NewFace {
  const receipt = randomBytes(16).toString('base64url');
  const face: FaceRecord = {
    version: 1,
    id: `${String(visitor).padStart(6, '0')}-${randomBytes(6).toString('hex')}`,
    visitor,
    startedAt,
    finishedAt: null,
    ending: 'becoming',
    steps: 0,
    likeness: null,
    receiptSha256: hashOf(receipt),
    consent: { ...consent, textSha256: hashOf(consent.text) },
    pack,
    from,
  };
  return { face, receipt };
}

/** Makes the folder of a face that begins; the photograph only where it is kept. */
export async function beginFace(
  face: FaceRecord,
  folder: string,
  photograph: Uint8Array | null,
): Promise<BecomingRecord> {
  await mkdir(folder, { mode: privateFolder });
  await writeFaceRecord(join(folder, faceFiles.record), face);
  if (photograph !== null) await writePrivate(join(folder, faceFiles.portrait), photograph);
  return BecomingRecord.open(face, folder);
}
