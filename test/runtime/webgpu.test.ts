import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkReferenceStep } from '../networks/reference-network.ts';
import { referenceFiles } from '../networks/reference-problem.ts';
import { hasReference } from '../reference.ts';
import { describeNumbers } from './describe-numbers.ts';
import { softwareVulkanMissing } from './software-vulkan.ts';
import { startWebGpu, type WebGpuProcess } from './webgpu-process.ts';

if (softwareVulkanMissing) console.warn(`WebGPU is not tested: ${softwareVulkanMissing}`);

describe.skipIf(softwareVulkanMissing)('webgpu on software Vulkan', () => {
  let webgpu: WebGpuProcess;
  beforeAll(() => {
    webgpu = startWebGpu();
  });
  afterAll(async () => {
    // A device that is torn down at the end of the process must not crash it.
    expect(await webgpu.close()).toEqual([0, null]);
  });

  // Sines of a GPU are right to 2^-11 or so.
  describeNumbers((job) => webgpu.compute(job), 5e-4);

  describe.skipIf(!hasReference)('gives the images and gradients of the public code', () => {
    it.each(referenceFiles.filter(([, , resolution]) => resolution === 32))(
      '%s',
      async (reference) => {
        checkReferenceStep(reference, await webgpu.compute({ reference }));
        // A software GPU compiles the many shaders of a StyleGAN3 slowly.
      },
      180_000,
    );
  });
});
