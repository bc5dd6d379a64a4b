import type { FaceRecord } from './face-record.ts';
import type { StepRecord } from './step-record.ts';

/** A face that holds more than this share of a deleted one is deleted with it. */
export const mostShareLeft = 0.05;
/** A rise of `done` by more than this between two steps is time the engine was away, in which the face did not move. */
const longestRise = 0.1;
/** Faces of version 0.1 tell only their steps: one that ended before so many may still show the face before. */
const fewSteps = 100;

/** Share (0..1) of the face before that is left in the last of these steps; thinned-out steps count as well. */
export function shareOfBefore(steps: readonly Pick<StepRecord, 'done'>[]): number {
  let share = 1;
  let before = 0;
  for (const { done } of steps) {
    if (done >= 1) return 0;
    if (done > before && done - before <= longestRise) share *= (1 - done) / (1 - before);
    before = Math.max(before, done);
  }
  return share;
}

/** The same of a kept face, also of one that was kept before this was written down. */
export function keptShareOfBefore({ ending, steps, shareOfBefore: share }: FaceRecord): number {
  if (share !== undefined) return share;
  return ending === 'arrived' || steps >= fewSteps ? 0 : 1;
}
