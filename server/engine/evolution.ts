import { readFile } from 'node:fs/promises';
import { latentLength } from '../chain/face-record.ts';
import { decodeJournal } from '../chain/journal.ts';
import { decodeSteps, vectorOf, type WholeStep, wholeSteps } from '../chain/step-record.ts';
import { openVideo, type VideoWriter } from '../media/video-writer.ts';
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
 * A becoming's journal as a video, drawn frame by frame: it may rest for as long as something else is to be drawn, and
 * goes on where it was. Nothing is left of a film that is not whole.
 */
export class EvolutionFilm {
  readonly #studio: Studio;
  readonly #journal: string;
  readonly #video: string;
  #open: Promise<{ readonly writer: VideoWriter; readonly steps: readonly WholeStep[] }> | null = null;
  #next = 0;

  /** Opens nothing before the first frame. */
  constructor(studio: Studio, journal: string, video: string) {
    this.#studio = studio;
    this.#journal = journal;
    this.#video = video;
  }

  /** Draws a frame; true once the film is whole. Where it rejects, `abort` is to be called. */
  async advance(): Promise<boolean> {
    this.#open ??= this.#start();
    const { writer, steps } = await this.#open;
    const step = steps[this.#next++];
    if (step !== undefined) {
      const frame = await this.#studio.draw(vectorOf(step));
      for (let k = this.#next === steps.length ? heldFrames : 1; k > 0; k--) await writer.write(frame);
    }
    if (this.#next < steps.length) return false;
    await writer.finish();
    return true;
  }

  /** Leaves nothing of it, unless it is whole. */
  async abort(): Promise<void> {
    const opened = await this.#open?.catch(() => null);
    await opened?.writer.abort();
  }

  async #start() {
    const { pack } = this.#studio.ready;
    const all = decodeSteps(decodeJournal(await readFile(this.#journal)).payloads);
    const steps = evenly(wholeSteps(all, pack.numWs * pack.wDim, latentLength(pack)), longestFilm);
    const size = { width: pack.resolution, height: pack.resolution };
    return { writer: await openVideo(this.#video, { ...size, fps }), steps };
  }
}
