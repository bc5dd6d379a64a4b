import { readFile } from 'node:fs/promises';
import { latentsOf } from '../chain/becoming-record.ts';
import { latentLength } from '../chain/face-record.ts';
import { openVideo } from '../media/video-writer.ts';
import type { Studio } from './studio.ts';

/** Ten seconds. */
const longestFilm = 240;
const fps = 24;
/** The last face is held for a moment. */
const heldFrames = 18;

/** The latents a film shows: at most `count`, evenly along the way the face went rather than along its steps. Pure. */
export function evenly(latents: readonly Float32Array[], count: number): Float32Array[] {
  if (latents.length <= count) return [...latents];
  const way = [0];
  for (let i = 1; i < latents.length; i++) way.push(way[i - 1] + distance(latents[i - 1], latents[i]));
  const whole = way[way.length - 1];
  const chosen: Float32Array[] = [];
  for (let k = 0, i = 0; k < count; k++) {
    while (i < latents.length - 1 && way[i] < (whole * k) / (count - 1)) i++;
    if (chosen.at(-1) !== latents[i]) chosen.push(latents[i]);
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
  const steps = latentsOf(await readFile(journal), latentLength(pack));
  const chosen = evenly(
    steps.map(({ ws }) => ws),
    longestFilm,
  );
  const writer = await openVideo(video, { width: pack.resolution, height: pack.resolution, fps });
  try {
    for (const [i, ws] of chosen.entries()) {
      if (!(await rest())) return false;
      const frame = await studio.draw(ws);
      for (let k = i === chosen.length - 1 ? heldFrames : 1; k > 0; k--) await writer.write(frame);
    }
    await writer.finish();
    return true;
  } finally {
    await writer.abort();
  }
}
