import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { forkModule } from '../../server/runtime/fork-module.ts';
import { describeNumbers } from './describe-numbers.ts';
import type { Job } from './jobs.ts';
import { softwareVulkan, softwareVulkanMissing } from './software-vulkan.ts';
import type { Answer } from './webgpu-child.ts';

if (softwareVulkanMissing) console.warn(`WebGPU is not tested: ${softwareVulkanMissing}`);

describe.skipIf(softwareVulkanMissing)('webgpu on software Vulkan', () => {
  let child: ChildProcess;
  let settle: (answer: Answer) => void = () => {};
  beforeAll(() => {
    child = forkModule('./webgpu-child', import.meta.url, {
      env: { ...process.env, ...softwareVulkan },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (answer: Answer) => settle(answer));
    child.on('exit', (code, signal) => settle({ error: `the process ended (${code ?? signal})` }));
  });
  afterAll(async () => {
    const exit = once(child, 'exit');
    child.disconnect();
    // A device that is torn down at the end of the process must not crash it.
    expect(await exit).toEqual([0, null]);
  });

  const compute = async (job: Job): Promise<Record<string, Float32Array>> => {
    const { results, error } = await new Promise<Answer>((resolve) => {
      settle = resolve;
      child.send(job);
    });
    if (results === undefined) throw new Error(error);
    return results;
  };

  // Sines of a GPU are right to 2^-11 or so.
  describeNumbers(compute, 5e-4);
});
