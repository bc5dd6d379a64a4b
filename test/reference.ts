import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Reference outputs, portraits and weights in a folder beside the checkout, not ours to publish; tests that use them skip
 * where it is missing. */
const shared = fileURLToPath(new URL('../../shared/', import.meta.url));

export const hasReference = existsSync(join(shared, 'reference'));
export const referencePath = (name: string): string => join(shared, 'reference', name);
export const sharedPath = (name: string): string => join(shared, name);

if (!hasReference)
  console.warn(`skipped: ${shared} is not there, so nothing is compared with the public reference code`);

/** max |a - b| / (max b - min b): the error of an image relative to its range. */
export function errorOfRange(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let error = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < a.length; i++) {
    error = Math.max(error, Number.isNaN(a[i]) ? Number.POSITIVE_INFINITY : Math.abs(a[i] - b[i]));
    min = Math.min(min, b[i]);
    max = Math.max(max, b[i]);
  }
  return error / (max - min || 1);
}

/** |a - b|_2 / |b|_2 */
export function relativeL2(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let error = 0;
  let norm = 0;
  for (let i = 0; i < a.length; i++) {
    error += (a[i] - b[i]) ** 2;
    norm += b[i] ** 2;
  }
  return Math.sqrt(error / norm);
}
