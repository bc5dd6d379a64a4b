import { readFile } from 'node:fs/promises';
import { latentLength } from '../chain/face-record.ts';
import { decodeJournal } from '../chain/journal.ts';
import { decodeSteps, vectorOf, type WholeStep, wholeSteps } from '../chain/step-record.ts';
import { openVideo } from '../media/video-writer.ts';
import type { Studio } from './studio.ts';

/** Ten seconds. */
const longestFilm = 240;
const fps = 24;
/** The last face is held for a moment. */
const heldFrames = 18;

/** The steps a film shows: at most `count`, evenly along the way the face went rather than along its steps. Pure. */
export function evenly(steps: readonly WholeStep[], count: number): WholeStep[] {
  if (steps.length <= count) return [...steps];
  const way = [0];
  for (let i = 1; i < steps.length; i++) way.push(way[i - 1] + distance(steps[i - 1].ws, steps[i].ws));
  const whole = way[way.length - 1];
  const chosen: WholeStep[] = [];
  for (let k = 0, i = 0; k < count; k++) {
    while (i < steps.length - 1 && way[i] < (whole * k) / (count - 1)) i++;
    if (chosen.at(-1) !== steps[i]) chosen.push(steps[i]);
  }
  return chosen;
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}

/**
 * Draws a becoming's journal as a video. `rest` is waited for before every frame, so that whatever else is to be drawn
 * goes first; where it says false, the film is given up. Nothing is left of a film that is not whole.
 */
export async function filmEvolution(
  studio: Studio,
  journal: string,
  video: string,
  rest: () => Promise<boolean>,
): Promise<boolean> {
  const { pack } = studio.ready;
  const steps = decodeSteps(decodeJournal(await readFile(journal)).payloads);
  const chosen = evenly(wholeSteps(steps, pack.numWs * pack.wDim, latentLength(pack)), longestFilm);
  const writer = await openVideo(video, { width: pack.resolution, height: pack.resolution, fps });
  try {
    for (const [i, step] of chosen.entries()) {
      if (!(await rest())) return false;
      const frame = await studio.draw(vectorOf(step));
      for (let k = i === chosen.length - 1 ? heldFrames : 1; k > 0; k--) await writer.write(frame);
    }
    await writer.finish();
    return true;
  } finally {
    await writer.abort();
  }
}
