import { describe, expect, test } from 'vitest';
import { probeEngine } from '../../server/runtime/probe-engine.ts';
import { makeProbe } from '../../server/runtime/probe-graph.ts';
import type { Runtime } from '../../server/runtime/runtime.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';
import { difference } from '../graph/problem.ts';
import { evaluate } from '../graph/reference.ts';

/** The CPU engine as a worse one would be: its numbers are changed. */
const distorted = (change: (x: number, i: number) => number) => async (): Promise<Runtime> => {
  const runtime = await startEngine('cpu');
  return {
    ...runtime,
    compile: async (graph) => {
      const compiled = await runtime.compile(graph);
      return {
        ...compiled,
        run: async (feeds) => {
          const results = Object.entries(await compiled.run(feeds));
          return Object.fromEntries(results.map(([name, numbers]) => [name, numbers.map(change)]));
        },
      };
    },
  };
};

/** To 11 significant bits, as half precision and TensorFloat-32 keep them. */
const toHalf = (x: number): number => {
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(x) || 1)) - 10);
  return Math.round(x / unit) * unit;
};

describe('an engine is tried out', () => {
  test('and found good where its numbers are right', async () => {
    const result = await probeEngine('cpu');
    expect(result.name).toBe('onnxruntime cpu');
    expect(result.milliseconds).toBeGreaterThan(0);
  });

  test.each([
    ['half precision', toHalf],
    ['zeros', () => 0],
    ['no numbers', () => Number.NaN],
    ['infinities', () => Number.POSITIVE_INFINITY],
    ['one number that is wrong', (x: number, i: number) => (i === 17 ? x + 0.001 : x)],
  ])('and refused for %s', async (_, change) => {
    await expect(probeEngine('webgpu', distorted(change))).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringMatching(/^Engine 'webgpu' cannot start: its numbers are wrong by \S+\. Check /),
    });
  });

  test.each([
    { channels: 1, size: 4, layers: 1 },
    { channels: 5, size: 9, layers: 2 },
    { channels: 3, size: 6, layers: 4 },
  ])('with numbers that are known without computing them: %o', (sizes) => {
    const { graph, feeds, expected } = makeProbe(sizes);
    for (const [name, numbers] of Object.entries(expected)) {
      const [result] = evaluate([graph.outputs[name]], feeds);
      expect(difference(numbers, result)).toBeLessThan(1e-6);
      expect(numbers.some((x) => x !== 0)).toBe(true);
    }
  });
});
