import { expect } from 'vitest';
import type { Generator } from '../../server/networks/generator.ts';
import { errorOfRange, relativeL2 } from '../reference.ts';
import { expectedOf, type Results } from './reference-problem.ts';

/** Holds the results of a `referenceProblem` to the public code's. */
export function checkReference(file: string, result: Results): void {
  expect(errorOfRange(result.images, expectedOf(file).read('image_const'))).toBeLessThan(1e-4);
  checkReferenceStep(file, result);
}

/** Holds the results of a `referenceStep` to the public code's. */
export function checkReferenceStep(file: string, result: Results): void {
  const expected = expectedOf(file);
  expect(relativeL2(result.w, expected.read('w'))).toBeLessThan(1e-5);
  expect(errorOfRange(result.image, expected.read('image_wplus'))).toBeLessThan(1e-4);
  expect(Math.abs(result.mse[0] / expected.read('mse')[0] - 1)).toBeLessThan(1e-4);
  expect(relativeL2(result.gradient, expected.read('mse_grad_wplus'))).toBeLessThan(1e-3);
}

/** The mean latents that the public code found. */
export function checkMeanLatent(file: string, { wAvg }: Generator): void {
  const expected = expectedOf(file);
  const name = ['w_avg', 'latent_avg'].find((known) => expected.tensors.has(known));
  if (name) expect(relativeL2(wAvg, expected.read(name))).toBeLessThan(1e-6);
}
