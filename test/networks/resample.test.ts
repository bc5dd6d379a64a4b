import { describe, expect, it } from 'vitest';
import { input } from '../../server/graph/ops.ts';
import { blur, type Filter, separableFilter, upsample2 } from '../../server/networks/resample.ts';
import { RandomState } from '../../server/projection/random.ts';
import { createOnnxRuntime } from '../../server/runtime/onnxruntime.ts';

/** upfirdn2d of the public code for one channel, literally: insert zeros, pad or crop, convolve. */
function upfirdn(
  x: Float32Array,
  size: number,
  up: number,
  [before, after]: [number, number],
  filter: Filter,
  gain: number,
) {
  const padded = size * up + before + after;
  const at = (py: number, px: number) => {
    const [y, x0] = [py - before, px - before];
    if (y < 0 || x0 < 0 || y >= size * up || x0 >= size * up || y % up || x0 % up) return 0;
    return x[(y / up) * size + x0 / up];
  };
  const n = filter.size;
  const out = padded - n + 1;
  const result = new Float32Array(out * out);
  for (let y = 0; y < out; y++) {
    for (let xx = 0; xx < out; xx++) {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) sum += at(y + i, xx + j) * filter.taps[(n - 1 - i) * n + (n - 1 - j)];
      }
      result[y * out + xx] = sum * gain;
    }
  }
  return result;
}

const filters: [string, Filter][] = [
  ['[1]', separableFilter([1])],
  ['[1, 1]', separableFilter([1, 1])],
  ['[1, 2, 1]', separableFilter([1, 2, 1])],
  ['[1, 3, 3, 1]', separableFilter([1, 3, 3, 1])],
  ['[1, 4, 6, 4, 1]', separableFilter([1, 4, 6, 4, 1])],
  ['a lopsided one', { taps: new RandomState(5).normals(16), size: 4 }],
];

describe('resampling', async () => {
  const runtime = await createOnnxRuntime({ provider: 'cpu' });
  const size = 5;
  const data = new RandomState(1).normals(size * size);

  it.each(filters)('doubles with %s as the public code does', async (_, filter) => {
    const graph = await runtime.compile({ outputs: { y: upsample2(input('x', [1, 1, size, size]), filter) } });
    const pads: [number, number] = [Math.floor((filter.size + 1) / 2), Math.floor((filter.size - 2) / 2)];
    const expected = upfirdn(data, size, 2, pads, filter, 4);
    const { y } = await graph.run({ x: data });
    expect(y).toHaveLength(expected.length);
    y.forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i], 4);
    });
  });

  it.each([
    [1, 1],
    [2, 1],
    [0, -1],
  ] as [number, number][])('blurs with pads %i and %i', async (before, after) => {
    const filter: Filter = { taps: new RandomState(6).normals(9), size: 3 };
    const graph = await runtime.compile({
      outputs: { y: blur(input('x', [1, 1, size, size]), filter, [before, before, after, after]) },
    });
    const expected = upfirdn(data, size, 1, [before, after], filter, 1);
    (await graph.run({ x: data })).y.forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i], 4);
    });
  });
});
