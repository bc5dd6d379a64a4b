import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FamiliarError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { fileError } from '../files/errors.ts';
import { fromTensor, type RgbImage } from '../image/rgb-image.ts';
import { contactSheet } from '../media/contact-sheet.ts';
import { evolutionStrips } from '../media/evolution-strips.ts';
import { type FilmFace, type FilmRecord, readFilmRecord, writeFilmRecord } from '../media/film-record.ts';
import { playInOrder, writeLoop } from '../media/loop.ts';
import type { Progress } from '../media/progress.ts';
import { resultPage } from '../media/result-page.ts';
import { bent } from '../networks/directions.ts';
import type { Comparer } from '../projection/compare.ts';
import type { Latent } from '../projection/latent.ts';
import { readLatent } from '../projection/latent-file.ts';
import type { Projector, Seen } from '../projection/projector.ts';
import { makeFace } from './film-face.ts';
import { type FilmPlan, type FilmTask, filmTasks } from './film-plan.ts';
import { checkResumable } from './resume.ts';

/** Rows of becoming.png: more would be too small to see. */
const MOST_STRIPS = 6;

/** Everything a film is made with. */
export interface Studio {
  readonly projector: Projector;
  readonly comparer: Comparer;
  readonly pack: FilmRecord['pack'];
  /** The pack's own face to start from, [numWs, wDim]; the mean face where there is none. */
  readonly start?: Float32Array;
  /** What is added to every face that is seen, [numWs, wDim]; null where nothing is. */
  readonly bend: Float32Array | null;
  /** The aligned face of a photograph, at the pack's resolution. Throws FamiliarError where it is refused. */
  prepare(portrait: string): Promise<RgbImage>;
  /** Takes in why a file of a folder is not in the film; each once, before the first face is made. */
  skip(why: FamiliarError): void;
  progress(label: string, total: number): Progress;
}

/**
 * Makes a film: every portrait in turn, each from the face before, then the loop and the page. `chain.json` is written
 * after each face, so that an interrupted film goes on with `resume` exactly as it would have.
 * Throws INTERRUPTED when the signal ends it early; everything finished by then is whole.
 */
export async function makeFilm(
  given: FilmPlan,
  studio: Studio,
  isResumed: boolean,
  signal: AbortSignal,
): Promise<FilmRecord> {
  await mkdir(given.out, { recursive: true }).catch((cause) => {
    throw fileError(given.out, cause);
  });
  const recordPath = join(given.out, 'chain.json');
  const before = isResumed ? await readFilmRecord(recordPath) : undefined;
  const targets = await prepareAll(given, studio, signal);
  if (signal.aborted) throw interrupted(before?.faces.length ?? 0, filmTasks(given).length);
  const plan = { ...given, portraits: given.portraits.filter((portrait) => targets.has(portrait)) };
  const tasks = filmTasks(plan);
  if (before !== undefined) checkResumable(recordPath, before, plan, studio.pack, tasks);
  const film = new Film(plan, studio, tasks, targets, before?.faces ?? []);
  await film.save(recordPath);
  while (film.next !== undefined && !signal.aborted) {
    if (await film.makeNext(signal)) await film.save(recordPath);
  }
  if (film.next !== undefined) throw interrupted(film.made, tasks.length);
  await film.close(recordPath);
  return film.record;
}

const interrupted = (made: number, total: number): FamiliarError =>
  new FamiliarError(
    'INTERRUPTED',
    `Stopped after ${made} of ${total} faces; what is made is whole. Go on with the same command and --resume.`,
  );

/**
 * Finds every face before the work begins: hours should not end at a bad last photograph. All refusals of photographs
 * that were named come at once; what a folder holds beside its portraits is skipped.
 */
async function prepareAll(
  { portraits, found }: FilmPlan,
  studio: Studio,
  signal: AbortSignal,
): Promise<Map<string, RgbImage>> {
  const targets = new Map<string, RgbImage>();
  const refused = new Map<string, FamiliarError>();
  const bar = studio.progress('Finding faces', portraits.length);
  for (const [i, portrait] of portraits.entries()) {
    if (signal.aborted) break;
    try {
      targets.set(portrait, targets.get(portrait) ?? (await studio.prepare(portrait)));
    } catch (error) {
      if (!(error instanceof FamiliarError) || error.code === 'FACE_DETECTOR_FAILED') throw error;
      refused.set(portrait, error);
    }
    bar.update(i + 1);
  }
  bar.done();
  const named = [...refused].filter(([portrait]) => found?.has(portrait) !== true);
  // Where nothing is left, everything that was skipped says why.
  const fatal = (targets.size === 0 ? [...refused] : named).map(([, error]) => error);
  if (fatal.length > 0) throw new FamiliarError(fatal[0].code, fatal.map((error) => error.message).join('\n'));
  for (const error of refused.values()) studio.skip(error);
  return targets;
}

class Film {
  record: FilmRecord;
  readonly #plan: FilmPlan;
  readonly #studio: Studio;
  readonly #tasks: readonly FilmTask[];
  readonly #targets: ReadonlyMap<string, RgbImage>;
  /** The face made last, in memory or still to be read from its folder. */
  #previous: Latent | undefined;

  constructor(
    plan: FilmPlan,
    studio: Studio,
    tasks: readonly FilmTask[],
    targets: ReadonlyMap<string, RgbImage>,
    faces: readonly FilmFace[],
  ) {
    this.#plan = plan;
    this.#studio = studio;
    this.#tasks = tasks;
    this.#targets = targets;
    this.record = { version: 1, pack: studio.pack, settings: plan.settings, faces: [...faces], loop: null };
  }

  get made(): number {
    return this.record.faces.length;
  }

  get next(): FilmTask | undefined {
    return this.#tasks[this.made];
  }

  /** Makes the next face; false where it was interrupted. */
  async makeNext(signal: AbortSignal): Promise<boolean> {
    const task = this.#tasks[this.made];
    const { settings } = this.#plan;
    const { latent, name: startName, isWarm } = this.#start(task);
    const before = isWarm ? await this.#draw(latent) : undefined;
    const bar = this.#studio.progress(
      `${task.name}${settings.passes > 1 ? ` (pass ${task.pass})` : ''}`,
      settings.steps,
    );
    const face = await makeFace(this.#studio.projector, {
      folder: join(this.#plan.out, task.folder),
      target: this.#targetOf(task),
      start: latent,
      isWarm,
      settings,
      shown: (seen) => this.#shown(seen),
      closing: this.#closingOf(task),
      signal,
      onStep: (step, distance) => bar.update(Math.min(step, settings.steps), `LPIPS ${distance.toFixed(3)}`),
    });
    bar.done();
    if (face === undefined) return false;
    this.#previous = face.latent;
    this.record.faces.push({
      name: task.name,
      portrait: task.portrait,
      pass: task.pass,
      start: startName,
      ...face.record,
      video: `${task.folder}/evolution.mp4`,
      handover: { lpips: before ? await this.#studio.comparer.distance(before, face.first) : null },
    });
    return true;
  }

  /** Writes the loop of the last pass, and two pictures to show: all faces, and how some became. */
  async close(recordPath: string): Promise<void> {
    const { settings, out } = this.#plan;
    const last = this.#tasks.filter((task) => task.pass === settings.passes);
    // In a chain a face's first picture is the last one of the face before; around the seam as well after two passes.
    const isChain = settings.from === 'previous';
    const whole = isChain ? (settings.passes > 1 ? 0 : 1) : last.length;
    const videos = last.map((task) => join(out, task.folder, 'evolution.mp4'));
    const { frames } = await writeLoop(join(out, 'loop.mp4'), withoutRepeats(videos, whole), {
      fps: settings.fps,
      codec: settings.codec,
    });
    const [begin, end] = [this.#start(last[0]).latent, this.#latentOf(last[last.length - 1])];
    const seam = await this.#studio.comparer.distance(await this.#draw(end), await this.#draw(begin));
    this.record = { ...this.record, loop: { video: 'loop.mp4', frames, seam: { lpips: seam } } };
    const pairs = await Promise.all(
      last.map(async (task) => ({ target: this.#targetOf(task), result: await this.#picture(this.#latentOf(task)) })),
    );
    await writeFileAtomic(join(out, 'contact-sheet.png'), await contactSheet(pairs));
    await writeFileAtomic(join(out, 'becoming.png'), await evolutionStrips(videos.slice(0, MOST_STRIPS)));
    await this.save(recordPath);
  }

  async save(recordPath: string): Promise<void> {
    await writeFilmRecord(recordPath, this.record);
    await writeFileAtomic(join(this.#plan.out, 'index.html'), resultPage(this.record));
  }

  #start(task: FilmTask): { latent: Latent; name: string; isWarm: boolean } {
    const { from, seed } = this.#plan.settings;
    const { projector } = this.#studio;
    if (from === 'zero') return { latent: projector.zeroLatent(seed), name: 'zero', isWarm: false };
    if (from === 'mean' || task.index === 0) {
      const mean = projector.meanLatent(seed);
      const { start } = this.#studio;
      if (from === 'mean' || start === undefined) return { latent: mean, name: 'mean', isWarm: false };
      return { latent: { ...mean, ws: start }, name: 'start', isWarm: false };
    }
    const before = this.#tasks[task.index - 1];
    const latent = task.index === this.made && this.#previous ? this.#previous : this.#latentOf(before);
    return { latent, name: `${before.folder}/evolution.mp4`, isWarm: true };
  }

  /** The loop's last face ends where its first one began: at the last face of the first pass. */
  #closingOf(task: FilmTask): Latent | undefined {
    const { passes, from } = this.#plan.settings;
    if (passes === 1 || from !== 'previous' || task.index !== this.#tasks.length - 1) return undefined;
    return this.#latentOf(this.#tasks[this.#tasks.length / passes - 1]);
  }

  #latentOf(task: FilmTask): Latent {
    return readLatent(join(this.#plan.out, task.folder), this.#studio.projector.generator);
  }

  #targetOf(task: FilmTask): RgbImage {
    return this.#targets.get(task.portrait) as RgbImage;
  }

  async #draw(latent: Latent): Promise<Float32Array> {
    const { projector } = this.#studio;
    return (await projector.look(new Float32Array(3 * projector.generator.resolution ** 2), latent)).image;
  }

  /** Faces are bent when they are seen; what the search and its measures see is the face itself. */
  async #shown({ image, latent }: Pick<Seen, 'image' | 'latent'>): Promise<Float32Array> {
    return this.#studio.bend === null ? image : this.#draw(this.#bent(latent));
  }

  #bent({ ws, noise }: Latent): Latent {
    return { ws: bent(ws, this.#studio.bend), noise };
  }

  async #picture(latent: Latent): Promise<RgbImage> {
    const { resolution } = this.#studio.projector.generator;
    return fromTensor(await this.#draw(this.#bent(latent)), resolution, resolution);
  }
}

/** Frames of several videos, each without its first one but for the first `whole` videos. */
async function* withoutRepeats(videos: readonly string[], whole: number): AsyncGenerator<RgbImage> {
  for (const [i, video] of videos.entries()) {
    let isFirst = true;
    for await (const frame of playInOrder([video])) {
      if (!isFirst || i < whole) yield frame;
      isFirst = false;
    }
  }
}
