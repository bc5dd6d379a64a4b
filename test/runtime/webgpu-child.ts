import { startEngine } from '../../server/runtime/start-engine.ts';
import { type Job, run } from './jobs.ts';

/** Computes jobs on WebGPU in a process of its own, whose environment says which Vulkan driver to use. */
export interface Answer {
  readonly results?: Record<string, Float32Array>;
  readonly error?: string;
}

const runtime = startEngine('webgpu');

process.on('message', async (job: Job) => {
  const answer = (message: Answer) => process.send?.(message);
  try {
    answer({ results: await run(await runtime, job) });
  } catch (error) {
    answer({ error: String(error) });
  }
});
