import { constant } from '../../server/graph/ops.ts';
import type { Value } from '../../server/graph/value.ts';
import { elements } from './nd-array.ts';

/** A seeded generator of numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Numbers between low and high in a random order, all of them different, evenly spaced and none of them 0: no maximum
 * is a tie and no kink at 0 is hit, so that finite differences exist.
 */
export function distinct(count: number, seed: number, low = -2, high = 2): Float32Array {
  const next = random(seed);
  const numbers = Float32Array.from({ length: count }, (_, i) => low + ((high - low) * (i + 0.382)) / count);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [numbers[i], numbers[j]] = [numbers[j], numbers[i]];
  }
  return numbers;
}

/** Constant random weights. */
export const weights = (shape: readonly number[], seed = 7): Value =>
  constant(distinct(elements(shape), seed, -1, 1), shape);
