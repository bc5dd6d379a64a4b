import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type * as Tf from '@tensorflow/tfjs';
import { engineUnavailable, reasonOf } from './errors.ts';

export type TensorFlow = typeof Tf;

export interface TensorFlowBackend {
  readonly tf: TensorFlow;
  /** For people: 'node-gpu', 'node' or 'wasm'. */
  readonly name: string;
}

const require = createRequire(import.meta.url);

/** The packages to try, the fastest first. Both native ones are optional: their absence is normal. */
const backends: readonly { readonly name: string; readonly load: () => Promise<TensorFlow> }[] = [
  { name: 'node-gpu', load: () => loadNative('@tensorflow/tfjs-node-gpu') },
  { name: 'node', load: () => loadNative('@tensorflow/tfjs-node') },
  { name: 'wasm', load: loadWasm },
];

let started: Promise<TensorFlowBackend> | undefined;

/**
 * The one place that sets TensorFlow.js up. Its engine and backend are global to the process: whoever uses it (the
 * engine, the face detector) must come through here, must not choose a backend, and must not keep a scope open across
 * an await.
 * Throws ENGINE_UNAVAILABLE where no backend starts.
 */
export function startTensorFlow(): Promise<TensorFlowBackend> {
  started ??= start().catch((error) => {
    started = undefined;
    throw error;
  });
  return started;
}

/** Whether TensorFlow.js could run on a GPU here: its package is installed. */
export const hasTensorFlowGpu = (): boolean => isInstalled('@tensorflow/tfjs-node-gpu');

async function start(): Promise<TensorFlowBackend> {
  const reasons: string[] = [];
  for (const { name, load } of backends) {
    try {
      const tf = await load();
      computes(tf);
      return { tf, name };
    } catch (error) {
      reasons.push(`${name}: ${reasonOf(error)}`);
    }
  }
  throw engineUnavailable('tensorflow', reasons.join('; '));
}

async function loadNative(name: string): Promise<TensorFlow> {
  if (!isInstalled(name)) throw new Error('not installed');
  const tf = require(name) as TensorFlow;
  await tf.ready();
  return tf;
}

async function loadWasm(): Promise<TensorFlow> {
  const tf = require('@tensorflow/tfjs') as TensorFlow;
  const { setWasmPaths } = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await withoutProcessHandlers(async () => {
    if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend does not start');
  });
  return tf;
}

/**
 * The WebAssembly module installs handlers that end the process at anybody's unhandled rejection, whatever the program
 * has arranged for that: they are taken away again.
 */
async function withoutProcessHandlers(work: () => Promise<void>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set<unknown>(process.listeners(event as 'uncaughtException')));
  await work();
  for (const [i, event] of events.entries()) {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (!before[i].has(listener)) process.off(event, listener);
    }
  }
}

/** A native library of the wrong Node or without its GPU often loads and fails at the first operation. */
function computes(tf: TensorFlow): void {
  const sum = tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync());
  if (sum.some((x) => x !== 3)) throw new Error('it gives wrong numbers');
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
