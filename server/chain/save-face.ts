import { join } from 'node:path';
import type { RgbImage } from '../image/rgb-image.ts';
import { type BecomingRecord, removeJournal } from './becoming-record.ts';
import { faceFiles, writeFaceCurve, writeFaceLatent, writeFacePictures } from './face-folder.ts';
import { type FaceRecord, writeFaceRecord } from './face-record.ts';
import { type ChainEntry, entryOf } from './index-file.ts';
import { mostShareLeft, shareOfBefore } from './share-of-before.ts';

/** How a face ended: its last picture, and why it is the last. */
export interface Finish {
  readonly image: RgbImage;
  readonly ending: 'arrived' | 'early';
}

/**
 * Writes everything of a finished face; null where it has no step to keep, or still shows a face before it that was deleted
 * meanwhile.
 *
 * @param finishedAt ms since 1970
 */
export async function saveFace(
  record: BecomingRecord,
  { image, ending }: Finish,
  finishedAt: number,
): Promise<ChainEntry | null> {
  const { folder } = record;
  const steps = await record.end();
  const { last, vector } = record;
  if (last === null || vector === null) return null;
  const share = ending === 'arrived' ? 0 : shareOfBefore(steps);
  const showsForgotten = () => record.isWithoutStart && share > mostShareLeft;
  if (showsForgotten()) return null;
  await writeFaceLatent(folder, record.face.pack, vector);
  await writeFaceCurve(folder, steps);
  await writeFacePictures(folder, image);
  const { step, likeness } = last;
  const finished: FaceRecord = { ...record.face, finishedAt, ending, steps: step, likeness, shareOfBefore: share };
  await writeFaceRecord(join(folder, faceFiles.record), finished);
  // The face before may have been deleted while all this was written.
  if (showsForgotten()) return null;
  if (record.isWithoutStart) await removeJournal(folder);
  return entryOf(finished, true, record.isWithoutStart);
}
