/** Steps slower than all before are normal (another program starts); this much slower is a hang. */
const slowness = 12;
/** No engine is given up sooner, ms: on a computer that does much else it may not be given the processor for seconds. */
const shortest = 6_000;

/**
 * How long the engine may be silent before it counts as hung, ms: a dozen of its usual steps, and never longer than a
 * technician allows.
 */
export const silenceLimit = (usualStepMs: number, longest: number): number =>
  Math.min(longest, Math.max(shortest, slowness * usualStepMs));

const firstPause = 100;
const longestPause = 30_000;

/** Pause before the n-th restart in a row (0 is the first), ms. */
export const restartPause = (attempt: number): number => Math.min(longestPause, firstPause * 3 ** attempt);

/** An engine that has run for so long has got over what stopped it before, ms. */
export const steadyAfter = 60_000;
