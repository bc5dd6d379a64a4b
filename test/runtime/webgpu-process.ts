import { once } from 'node:events';
import { forkModule } from '../../server/runtime/fork-module.ts';
import type { Job } from './jobs.ts';
import { softwareVulkan } from './software-vulkan.ts';
import type { Answer } from './webgpu-child.ts';

/** WebGPU in a process of its own, one job at a time. */
export interface WebGpuProcess {
  compute(job: Job): Promise<Record<string, Float32Array>>;
  /** Ends the process; tells how it ended. */
  close(): Promise<unknown[]>;
}

export function startWebGpu(): WebGpuProcess {
  let settle: (answer: Answer) => void = () => {};
  const child = forkModule('./webgpu-child', import.meta.url, {
    env: { ...process.env, ...softwareVulkan },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('message', (answer: Answer) => settle(answer));
  child.on('exit', (code, signal) => settle({ error: `the process ended (${code ?? signal})` }));
  return {
    compute: async (job) => {
      const { results, error } = await new Promise<Answer>((resolve) => {
        settle = resolve;
        child.send(job);
      });
      if (results === undefined) throw new Error(error);
      return results;
    },
    close: async () => {
      const exit = once(child, 'exit');
      child.disconnect();
      return exit;
    },
  };
}
