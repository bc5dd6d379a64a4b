import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FamiliarError } from '../../errors.ts';
import type { Progress } from '../../media/progress.ts';
import { openWeights } from '../../weights/open-weights.ts';
import type { OpenedWeights } from '../../weights/opened-weights.ts';
import { loadLpips } from '../lpips.ts';
import { WeightReader } from '../weight-reader.ts';
import { findPerceptual } from './perceptual.ts';
import { writeTensors } from './write-tensors.ts';

export interface ImportPerceptualOptions {
  readonly replace: boolean;
  readonly progress: (label: string, total: number) => Progress;
  /** Ends the import with IMPORT_STOPPED; nothing of it is kept. */
  readonly signal?: AbortSignal;
}

/**
 * Writes an LPIPS network, from one file or from trunk and weights apart, as a .safetensors for packs. Returns its name.
 * Throws PERCEPTUAL_*, FILE_EXISTS, WEIGHTS_* and FILE_*.
 */
export async function importPerceptual(
  files: readonly string[],
  path: string,
  { replace, progress, signal }: ImportPerceptualOptions,
): Promise<string> {
  if (existsSync(path) && !replace) {
    throw new FamiliarError(
      'FILE_EXISTS',
      `${path} is there already. Choose another --name, or replace it with --force.`,
    );
  }
  const opened: OpenedWeights[] = [];
  try {
    for (const file of files) opened.push(openWeights(file));
    const tensors = findPerceptual(opened);
    const { name } = loadLpips(new WeightReader(tensors, files.join(' and ')));
    await mkdir(dirname(path), { recursive: true });
    const bar = progress('importing', tensors.tensors.size);
    await writeTensors(path, tensors, bar, signal);
    bar.done();
    return name;
  } finally {
    for (const file of opened) file.close();
  }
}

/** Makes sure that a file is an LPIPS network as packs have them. Throws PERCEPTUAL_FORMAT, WEIGHTS_* and FILE_*. */
export function checkPerceptual(path: string): void {
  const opened = openWeights(path);
  try {
    if (opened.container !== 'safetensors') {
      throw new FamiliarError(
        'PERCEPTUAL_FORMAT',
        `${path}: packs need LPIPS as .safetensors. Make that of your files first, with --as perceptual and --trunk.`,
      );
    }
    loadLpips(new WeightReader(opened.tensors, path));
  } finally {
    opened.close();
  }
}
