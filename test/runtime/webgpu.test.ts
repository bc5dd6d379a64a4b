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
  beforeAll(() => {
    child = forkModule('./webgpu-child', import.meta.url, {
      env: { ...process.env, ...softwareVulkan },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  });
  afterAll(async () => {
    const exit = once(child, 'exit');
    child.disconnect();
    const [code, signal] = await exit;
    // A device that is torn down at the end of the process must not crash it.
    expect([code, signal]).toEqual([0, null]);
  });

  const compute = async (job: Job): Promise<Record<string, Float32Array>> => {
    const answered = Promise.race([
      once(child, 'message').then(([message]) => message as Answer),
      once(child, 'exit').then(([code, signal]) => ({ error: `the process ended (${code ?? signal})` }) as Answer),
    ]);
    child.send(job);
    const { results, error } = await answered;
    if (results === undefined) throw new Error(error);
    return results;
  };

  // Sines of a GPU are right to 2^-11 or so.
  describeNumbers(compute, 5e-4);
});
