import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gradients } from '../../server/graph/gradients.ts';
import { add, conv, filled, input, meanAll, mul, square, tanh } from '../../server/graph/ops.ts';
import { GraphError } from '../../server/graph/value.ts';
import type { Engine } from '../../server/runtime/engines.ts';
import type { CompiledGraph, Runtime } from '../../server/runtime/runtime.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';
import { distinct, weights } from '../graph/numbers.ts';
import { describeNumbers } from './describe-numbers.ts';
import { run } from './jobs.ts';

/** The engines that start everywhere; those that need a GPU are tested where there is one (see webgpu.test.ts). */
const engines: readonly Engine[] = ['cpu', 'tensorflow'];

describe.each(engines)('%s', (engine) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await startEngine(engine);
  });
  afterAll(() => runtime.dispose());

  describeNumbers((job) => run(runtime, job), 1e-4);

  test('says what it is', () => {
    expect(runtime.name).toMatch(engine === 'cpu' ? /^onnxruntime cpu$/ : /^tensorflow\.js (node-gpu|node|wasm)$/);
  });

  describe('a compiled graph', () => {
    const x = input('x', [1, 2, 4, 4]);
    const y = tanh(conv(x, weights([2, 2, 3, 3]), { pads: 1 }));
    const loss = meanAll(square(y));
    let compiled: CompiledGraph;
    beforeAll(async () => {
      compiled = await runtime.compile({ outputs: { y, loss, g: gradients(loss, [x])[0] } });
    });
    afterAll(() => compiled.dispose());

    test('gives the same numbers for the same feeds, bit for bit', async () => {
      const feeds = { x: distinct(32, 1) };
      const first = await compiled.run(feeds);
      await compiled.run({ x: distinct(32, 2) });
      expect(await compiled.run(feeds)).toEqual(first);
    });

    test('gives its results away and leaves what it is fed alone', async () => {
      const feeds = { x: distinct(32, 1) };
      const first = await compiled.run(feeds);
      const kept = structuredClone(first);
      for (const array of Object.values(first)) array.fill(Number.NaN);
      expect(feeds.x).toEqual(distinct(32, 1));
      expect(await compiled.run(feeds)).toEqual(kept);
    });

    test('accepts views into larger buffers', async () => {
      const whole = new Float32Array(40);
      whole.set(distinct(32, 1), 5);
      const view = await compiled.run({ x: whole.subarray(5, 37) });
      expect(view).toEqual(await compiled.run({ x: distinct(32, 1) }));
    });

    test('runs beside another', async () => {
      const other = await runtime.compile({ outputs: { z: add(mul(x, 2), 1) } });
      const feeds = { x: distinct(32, 1) };
      const alone = await compiled.run(feeds);
      const [a, b] = await Promise.all([compiled.run(feeds), other.run(feeds)]);
      expect(a).toEqual(alone);
      expect(b.z).toEqual(feeds.x.map((v) => v * 2 + 1));
      await other.dispose();
      expect(await compiled.run(feeds)).toEqual(alone);
    });

    test.each([
      ['a missing input', {}, /'x' is not fed/],
      ['too few numbers', { x: new Float32Array(31) }, /'x'.*31 numbers/],
      ['an input that is not there', { x: new Float32Array(32), q: new Float32Array(1) }, /no input 'q'/],
    ])('refuses %s, and goes on working', async (_, feeds, message) => {
      const refused = compiled.run(feeds as Record<string, Float32Array>);
      await expect(refused).rejects.toThrow(GraphError);
      await expect(refused).rejects.toThrow(message);
      expect((await compiled.run({ x: new Float32Array(32) })).loss[0]).toBe(0);
    });
  });

  test('sums over whole images keep their precision', async () => {
    const side = 512;
    const image = input('image', [1, 1, side, side]);
    const compiled = await runtime.compile({ outputs: { mean: meanAll(image) } });
    const numbers = distinct(side * side, 1, 0.1, 1);
    const { mean } = await compiled.run({ image: numbers });
    const exact = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    expect(Math.abs(mean[0] / exact - 1)).toBeLessThan(3e-6);
    await compiled.dispose();
  });

  test('outputs may be inputs, constants, the same value twice, and depend on nothing', async () => {
    const x = input('x', [2]);
    const y = mul(x, 2);
    const compiled = await runtime.compile({
      outputs: { same: x, fixed: filled([3], 5), computed: tanh(filled([2], 0)), y, again: y },
    });
    const expected = {
      same: Float32Array.of(3, -4),
      fixed: Float32Array.of(5, 5, 5),
      computed: Float32Array.of(0, 0),
      y: Float32Array.of(6, -8),
      again: Float32Array.of(6, -8),
    };
    for (let i = 0; i < 3; i++) expect(await compiled.run({ x: Float32Array.of(3, -4) })).toEqual(expected);
    await compiled.dispose();
  });
});
