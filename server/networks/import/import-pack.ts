import { copyFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { stringify } from 'yaml';
import { FamiliarError } from '../../errors.ts';
import type { Progress } from '../../media/progress.ts';
import { openWeights } from '../../weights/open-weights.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';
import { loadFacePack, readPackDescription } from '../face-pack.ts';
import { findGenerator } from './find-generator.ts';
import { missingParts, numbersOf, titleOf } from './generator-import.ts';
import { checkPerceptual } from './import-perceptual.ts';
import { withMeanLatent } from './mean-latent.ts';
import { newFolder } from './new-folder.ts';
import { whatElse } from './not-a-generator.ts';
import { stopWhenAborted, writeTensors } from './write-tensors.ts';

export interface ImportPackOptions {
  readonly file: string;
  readonly name: string;
  /** The pack's folder. */
  readonly folder: string;
  /** Pack whose perceptual network is copied. */
  readonly perceptualFrom: string;
  /** An LPIPS .safetensors to use instead. */
  readonly perceptual?: string;
  readonly licence?: string;
  readonly replace: boolean;
  readonly progress: (label: string, total: number) => Progress;
  /** Ends the import with IMPORT_STOPPED; nothing of it is kept. */
  readonly signal?: AbortSignal;
}

export interface ImportedPack {
  /** What the network is. */
  readonly network: string;
  /** What the file lacked and was made up, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Makes a face pack of a public network: all or nothing.
 * Throws IMPORT_*, FOLDER_EXISTS, DISK_FULL, WEIGHTS_* and FILE_*.
 */
export async function importPack(options: ImportPackOptions): Promise<ImportedPack> {
  const { file, name, folder, signal } = options;
  const opened = openWeights(file);
  try {
    const recognised = findGenerator(opened);
    if (!recognised) throw new FamiliarError('IMPORT_NO_GENERATOR', `${file}: ${whatElse(opened)}.`);
    const found = await withMeanLatent(recognised, file);
    const [missing] = missingParts(found);
    if (missing !== undefined) {
      throw new FamiliarError(
        'IMPORT_INCOMPLETE',
        `${file}: ${found.title}, but ${missing.replace(/^this file: /, '')}`,
      );
    }
    const perceptual = perceptualOf(options);
    const classes = classesOf(found.tensors);
    const bytes = 4 * numbersOf(found.tensors) + statSync(perceptual.path).size;
    await newFolder(folder, { replace: options.replace, bytes }, async (temporary) => {
      const bar = options.progress(`importing ${basename(file)}`, found.tensors.tensors.size);
      await writeTensors(join(temporary, 'generator.safetensors'), found.tensors, bar, signal);
      bar.done();
      copyFileSync(perceptual.path, join(temporary, 'perceptual.safetensors'));
      const description = {
        name,
        architecture: found.architecture,
        resolution: found.resolution,
        generator: 'generator.safetensors',
        perceptual: { file: 'perceptual.safetensors', kind: perceptual.kind },
        // To be seen, and changed: networks of several classes make the faces of one.
        ...(classes > 0 ? { label: 0 } : {}),
        alignment: 'ffhq',
        licence: options.licence ?? `unknown: see the source of ${basename(file)}`,
        source: `imported from ${basename(file)}: ${found.title}`,
      };
      writeFileSync(join(temporary, 'pack.yaml'), stringify(description));
      // What cannot be loaded is no pack: this reads every number once more.
      loadFacePack(temporary);
      // A signal that came meanwhile is seen only now.
      await setImmediate();
      stopWhenAborted(signal);
    });
    const choice =
      classes > 0 ? `; of its ${classes} classes, pack.yaml's 'label' chooses one (0 to ${classes - 1})` : '';
    return { network: `${titleOf(found)}${choice}`, notes: found.notes };
  } finally {
    opened.close();
  }
}

function perceptualOf({ perceptual, perceptualFrom }: ImportPackOptions): {
  path: string;
  kind: 'lpips' | 'faces-perceptual-v0';
} {
  if (perceptual !== undefined) {
    // Found out now, not when 100 MB are written.
    checkPerceptual(perceptual);
    return { path: perceptual, kind: 'lpips' };
  }
  const description = readPackDescription(perceptualFrom);
  return { path: join(perceptualFrom, description.perceptual.file), kind: description.perceptual.kind };
}

/** Classes of a conditional generator, see stylegan2-mapping.ts; 0 for others. */
function classesOf({ tensors }: TensorFile): number {
  const [, embedded] = tensors.get('mapping.embed.weight')?.shape ?? [];
  const [joined] = tensors.get('mapping.label_concat.weight')?.shape ?? [];
  return embedded ?? joined ?? 0;
}
