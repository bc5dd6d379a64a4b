import { openSafetensors } from '../weights/safetensors.ts';
import { loadLpips } from './lpips.ts';
import type { PerceptualNetwork } from './perceptual.ts';
import { WeightReader } from './weight-reader.ts';

/** LPIPS from a .safetensors file. Throws WEIGHTS_* or FILE_*. */
export function openLpips(path: string): PerceptualNetwork {
  const file = openSafetensors(path);
  try {
    return loadLpips(new WeightReader(file, path));
  } finally {
    file.close();
  }
}
