import { morph } from './morph.ts';
import { project, view } from './project.ts';
import type { Machinery, ProjectionRequest, ProjectionStep, Seen } from './projector.ts';

/** Part of the way after which the search ends: the rest walks to what it found, so that the end is exact. */
const searchShare = 0.92;
/** `done` of a frame that is not the last one is at most this. */
const latestUnfinished = 0.999;
/**
 * Frames besides the first that a step of the search gets once the planned steps are made: a frame costs a third of a
 * step, and what late steps find is small.
 */
const extraFramesOfLateSteps = 2;

/** One moment of a becoming. */
export interface Moment {
  /** 0 is the face before, as it was last shown. */
  readonly frame: number;
  /** How far the face has come, 0..1. */
  readonly done: number;
  /** The newest step of the search; the same one again where only the face moves on. */
  readonly found: ProjectionStep;
  readonly isLast: boolean;
  /** What is shown: drawn and measured only when asked for. */
  show(): Promise<Seen>;
}

/**
 * A becoming is two things at once: a search for the portrait's latent, as fast as the machine can, and a face that
 * moves from where it was to what the search knows so far (`morph`), at the pace that is wanted. Every step of the search
 * bends the rest of the way.
 *
 * `request.progress` says how far the face is at a frame, 0..1; by default every step of the search is one frame. The
 * search begins at the latents of the face before with the pack's own noise maps: what the old maps hold must not
 * come back in the new ones.
 */
export async function* become(machinery: Machinery, request: ProjectionRequest): AsyncGenerator<Moment, void, void> {
  const { settings, generator } = machinery;
  if (settings.morph === null) {
    for await (const found of project(machinery, request)) yield asFound(found, request.steps ?? settings.steps);
    return;
  }
  const { morph: timing } = settings;
  const { start, signal } = request;
  const steps = request.steps ?? settings.steps;
  const progress = request.progress ?? ((frame: number) => (frame * searchShare) / steps);
  const extraFrames = request.progress === undefined ? 0 : extraFramesOfLateSteps;
  const rest = generator.noiseMaps.map(({ stored }) => stored);
  const target = await machinery.target.run({ target: request.target });
  const first = progress(0);
  let frame = 0;
  const moment = (found: ProjectionStep, isLast = false): Moment => {
    const done = isLast ? 1 : frame === 0 ? first : Math.min(progress(frame), latestUnfinished);
    const t = isLast ? 1 : (done - first) / (1 - first);
    const show = () => view(machinery, target, morph(start, found.latent, rest, generator.wDim, timing, t));
    return { frame: frame++, done, found, isLast, show };
  };
  const search = project(machinery, {
    ...request,
    start: { ws: start.ws, noise: rest },
    progress: (step) => Math.max(searchShare * Math.min(1, step / steps), progress(step) / searchShare),
  });
  let found: ProjectionStep | undefined;
  for await (found of search) {
    const isLate = found.step >= steps;
    for (let k = isLate ? extraFrames : 0; k >= 0 && !signal?.aborted; k--) yield moment(found);
  }
  if (found === undefined) return;
  while (progress(frame) < 1 && !signal?.aborted) yield moment(found);
  if (!signal?.aborted) yield moment(found, true);
}

/** The search itself, step by step. */
const asFound = (found: ProjectionStep, steps: number): Moment => ({
  frame: found.step,
  done: found.isLast ? 1 : Math.min(found.step / steps, latestUnfinished),
  found,
  isLast: found.isLast,
  show: async () => found,
});
