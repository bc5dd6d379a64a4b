import { beforeAll, describe, expect, test } from 'vitest';
import { opCases } from '../graph/op-cases.ts';
import { difference } from '../graph/problem.ts';
import { type Job, ops, problemsOf } from './jobs.ts';
import { styleProblem } from './style-network.ts';

/**
 * The tests that every runtime passes: each case of the table and its gradients, against the naive references and
 * finite differences, and a projection step in small.
 */
export function describeNumbers(compute: (job: Job) => Promise<Record<string, Float32Array>>, tolerance: number): void {
  describe.each(ops)('%s', (op) => {
    let results: Record<string, Float32Array>;
    beforeAll(async () => {
      results = await compute(op);
    });
    const problems = problemsOf(op);
    test.each(opCases[op].map((c, i) => [c.name, problems[i]] as const))('%s', (_, { expected }) => {
      for (const [name, numbers] of Object.entries(expected())) {
        expect(difference(results[name], numbers), name).toBeLessThan(tolerance);
      }
    });
  });

  test('a projection step', async () => {
    const results = await compute('projection step');
    for (const [name, numbers] of Object.entries(styleProblem().expected())) {
      const scale = Math.max(...numbers.data.map(Math.abs));
      const scaled = { ...numbers, data: numbers.data.map((x) => x / scale) };
      const error = difference(
        results[name].map((x) => x / scale),
        scaled,
      );
      expect(error, name).toBeLessThan(tolerance * 2);
    }
  });
}
