import { describe, expect, test } from 'vitest';
import { opCases } from './op-cases.ts';
import { difference, problemOf } from './problem.ts';
import { evaluate } from './reference.ts';

/**
 * Every rule against central differences, in double precision so that a wrong term cannot hide in rounding. What real
 * engines make of the same table is tested in test/runtime.
 */
describe.each(Object.entries(opCases))('%s', (_, cases) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', (_, opCase) => {
    const { graph, feeds, expected } = problemOf(opCase);
    const outputs = Object.entries(graph.outputs);
    const results = evaluate(
      outputs.map(([, value]) => value),
      feeds,
    );
    const wanted = expected();
    for (const [i, [name, value]] of outputs.entries()) {
      expect(results[i].shape, `shape of ${name}`).toEqual(value.shape);
      expect(difference(results[i].data, wanted[name]), name).toBeLessThan(1e-6);
    }
  });
});
