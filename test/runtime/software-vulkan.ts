import { existsSync } from 'node:fs';

/** Where Debian's chromium keeps a Vulkan driver that needs no GPU, and the loader for it. */
const folder = '/usr/lib/chromium';
const driver = `${folder}/vk_swiftshader_icd.json`;

/** Why there is no software Vulkan here; undefined where there is one. */
export const softwareVulkanMissing: string | undefined = existsSync(driver)
  ? undefined
  : `no software Vulkan: ${driver} of Debian's package 'chromium' is not here`;

/** The environment of a process that is to use it. */
export const softwareVulkan = {
  VK_ICD_FILENAMES: driver,
  VK_DRIVER_FILES: driver,
  LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
};
