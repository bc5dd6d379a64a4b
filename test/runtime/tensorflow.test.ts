import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conv, input, mul, tanh } from '../../server/graph/ops.ts';
import type { Value } from '../../server/graph/value.ts';
import type { CompiledGraph, Runtime } from '../../server/runtime/runtime.ts';
import { createTensorFlowRuntime } from '../../server/runtime/tensorflow.ts';
import { startTensorFlow, type TensorFlow } from '../../server/runtime/tensorflow-backend.ts';
import { distinct, weights } from '../graph/numbers.ts';
import { styleProblem } from './style-network.ts';

let tf: TensorFlow;
let runtime: Runtime;
beforeAll(async () => {
  ({ tf } = await startTensorFlow());
  runtime = await createTensorFlowRuntime();
});
afterAll(() => runtime.dispose());

describe('memory', () => {
  const { graph, feeds } = styleProblem();
  let before: { numTensors: number; numBytes: number };
  let compiled: CompiledGraph;
  beforeAll(async () => {
    before = tf.memory();
    compiled = await runtime.compile(graph);
  });

  test('is flat over 1,000 runs', async () => {
    const { image } = await compiled.run(feeds);
    const { numTensors, numBytes } = tf.memory();
    for (let i = 0; i < 1_000; i++) await compiled.run(feeds);
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    expect((await compiled.run(feeds)).image).toEqual(image);
  }, 60_000);

  test('is flat over refused runs', async () => {
    const { numTensors } = tf.memory();
    await expect(compiled.run({})).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test('holds no value longer than to its last use', async () => {
    const x = input('x', [1_000]);
    let y: Value = x;
    for (let i = 0; i < 50; i++) y = tanh(y);
    const chain = await runtime.compile({ outputs: { y } });
    const { numBytes } = tf.memory();
    const { peakBytes } = await tf.profile(async () => {
      await chain.run({ x: new Float32Array(1_000) });
      return [];
    });
    expect(peakBytes - numBytes).toBe(2 * 4_000);
    await chain.dispose();
  });

  test('is given back', async () => {
    await compiled.dispose();
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
  });

  test('holds the weights of a convolution once', async () => {
    const x = input('x', [1, 8, 4, 4]);
    const w = weights([8, 8, 3, 3]);
    const { numBytes } = tf.memory();
    const one = await runtime.compile({ outputs: { y: conv(conv(x, w, { pads: 1 }), w, { pads: 1 }) } });
    expect(tf.memory().numBytes - numBytes).toBe(8 * 8 * 9 * 4);
    await one.dispose();
  });
});

describe('in a process with others', () => {
  test('there is one TensorFlow.js, also for the face detector', () => {
    const require = createRequire(import.meta.url);
    const faceApi = require('@vladmandic/face-api/dist/face-api.node-wasm.js') as { tf: TensorFlow };
    expect(faceApi.tf.engine()).toBe(tf.engine());
    expect(faceApi.tf.getBackend()).toBe(tf.getBackend());
  });

  test('it starts once', async () => {
    expect(startTensorFlow()).toBe(startTensorFlow());
    expect((await startTensorFlow()).tf).toBe(tf);
  });

  test('a scope that somebody has open takes nothing away', async () => {
    const x = input('x', [1, 2, 3, 3]);
    const graph = { outputs: { y: mul(conv(x, weights([2, 2, 3, 3]), { pads: 1 }), weights([1, 2, 1, 1])) } };
    const feeds = { x: distinct(18, 1) };
    const outside = await runtime.compile(graph);
    const expected = await outside.run(feeds);
    tf.engine().startScope();
    const inside = await runtime.compile(graph);
    await inside.run(feeds);
    await outside.run(feeds);
    tf.engine().endScope();
    expect(await inside.run(feeds)).toEqual(expected);
    expect(await outside.run(feeds)).toEqual(expected);
    await inside.dispose();
    await outside.dispose();
  });

  test('it leaves no handlers that end the process at any unhandled rejection', () => {
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
      const listeners = process.listeners(event as 'uncaughtException').map(String);
      expect(listeners.filter((text) => text.includes('throw reason') || text.includes('ExitStatus'))).toEqual([]);
    }
  });
});
