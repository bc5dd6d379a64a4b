import { copyFileSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import { FamiliarError } from '../../errors.ts';
import type { Progress } from '../../media/progress.ts';
import { openWeights } from '../../weights/open-weights.ts';
import type { OpenedWeights } from '../../weights/opened-weights.ts';
import { type WritableTensor, writeSafetensors } from '../../weights/safetensors.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';
import { loadFacePack, readPackDescription } from '../face-pack.ts';
import { findGenerator } from './find-generator.ts';
import { missingParts } from './generator-import.ts';
import { withMeanLatent } from './mean-latent.ts';
import { newFolder } from './new-folder.ts';

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
}

/**
 * Makes a face pack of a public network: all or nothing. Returns what the network is.
 * Throws IMPORT_*, FOLDER_EXISTS, DISK_FULL, WEIGHTS_* and FILE_*.
 */
export async function importPack(options: ImportPackOptions): Promise<string> {
  const { file, name, folder } = options;
  const opened = openWeights(file);
  try {
    const recognised = findGenerator(opened);
    if (!recognised) throw noGenerator(opened);
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
      await writeTensors(join(temporary, 'generator.safetensors'), found.tensors, bar);
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
    });
    const choice =
      classes > 0 ? `; of its ${classes} classes, pack.yaml's 'label' chooses one (0 to ${classes - 1})` : '';
    return `${found.title}, ${found.resolution} x ${found.resolution} pixels${choice}`;
  } finally {
    opened.close();
  }
}

/** Copies tensors one by one into a safetensors file. */
export async function writeTensors(path: string, tensors: TensorFile, bar: Progress): Promise<void> {
  let written = 0;
  const lazy = [...tensors.tensors].map(([name, { shape }]): [string, WritableTensor] => [
    name,
    {
      shape,
      data: () => {
        bar.update(++written);
        return tensors.read(name);
      },
    },
  ]);
  await writeSafetensors(path, new Map(lazy), tensors.metadata);
}

function perceptualOf({ perceptual, perceptualFrom }: ImportPackOptions): {
  path: string;
  kind: 'lpips' | 'faces-perceptual-v0';
} {
  if (perceptual !== undefined) {
    if (!existsSync(perceptual))
      throw new FamiliarError('FILE_NOT_FOUND', `${perceptual}: there is no such file. Check the path.`);
    return { path: perceptual, kind: 'lpips' };
  }
  const description = readPackDescription(perceptualFrom);
  return { path: join(perceptualFrom, description.perceptual.file), kind: description.perceptual.kind };
}

function noGenerator(opened: OpenedWeights): FamiliarError {
  const names = [...opened.tensors.tensors.keys()];
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  const what = has(/(^|[./])(b4\.(fc|out|mbstd)\.|final_linear\.|4x4\/Dense\d\/)/)
    ? 'this is a discriminator, the half of a GAN that judges faces and makes none. Fetch the file with the generator (G_ema, g_ema or Gs)'
    : has(/^(net\.)?features\.\d+\.|^lin\d\.model/)
      ? 'this is a perceptual network, not a generator. Import it with --as perceptual'
      : opened.kind === 'array'
        ? 'this is one array, perhaps a latent or a direction. Import it with --as latent or --as direction and --pack'
        : names.length === 0
          ? 'there are no weights in this file'
          : 'this network is of no architecture that this program knows (StyleGAN, StyleGAN2, StyleGAN3)';
  return new FamiliarError('IMPORT_NO_GENERATOR', `${opened.path}: ${what}.`);
}

/** Classes of a conditional generator, see stylegan2-mapping.ts; 0 for others. */
function classesOf({ tensors }: TensorFile): number {
  const [, embedded] = tensors.get('mapping.embed.weight')?.shape ?? [];
  const [joined] = tensors.get('mapping.label_concat.weight')?.shape ?? [];
  return embedded ?? joined ?? 0;
}

const numbersOf = ({ tensors }: TensorFile): number =>
  [...tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
