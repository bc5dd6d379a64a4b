import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { FamiliarError } from '../../errors.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { openWeights } from '../../weights/open-weights.ts';
import { type WritableTensor, writeSafetensors } from '../../weights/safetensors.ts';
import { loadFacePack } from '../face-pack.ts';
import { readLatent } from './latents.ts';

export interface AddDirectionOptions {
  readonly pack: string;
  /** What its slider is called. */
  readonly name: string;
  /** Row of a table of components. */
  readonly component?: number;
  readonly replace: boolean;
}

/** Adds a direction to a pack. Throws LATENT_*, DIRECTION_EXISTS, PACK_*, WEIGHTS_* and FILE_*. */
export async function addDirection(file: string, options: AddDirectionOptions): Promise<void> {
  const { generator, directions, description } = loadFacePack(options.pack);
  if (directions.has(options.name) && !options.replace) {
    throw new FamiliarError(
      'DIRECTION_EXISTS',
      `${options.pack} has a direction '${options.name}' already. Choose another --name, or replace it with --force.`,
    );
  }
  const all = new Map(directions).set(options.name, latentOf(file, generator, options.component));
  const shape = [generator.numWs, generator.wDim];
  const name = description.directions ?? 'directions.safetensors';
  await writeSafetensors(
    join(options.pack, name),
    new Map([...all].map(([key, data]): [string, WritableTensor] => [key, { shape, data }])),
  );
  await setInDescription(options.pack, 'directions', name);
}

/** Makes a latent the face that a pack's chains start from. Throws LATENT_*, START_EXISTS, PACK_*, WEIGHTS_* and FILE_*. */
export async function setStart(
  file: string,
  options: { readonly pack: string; readonly component?: number; readonly replace: boolean },
): Promise<void> {
  const { generator, start, description } = loadFacePack(options.pack);
  if (start && !options.replace) {
    throw new FamiliarError(
      'START_EXISTS',
      `${options.pack} has a face to start from already. Replace it with --force.`,
    );
  }
  const data = latentOf(file, generator, options.component);
  const name = description.start ?? 'start.safetensors';
  await writeSafetensors(join(options.pack, name), { ws: { shape: [generator.numWs, generator.wDim], data } });
  await setInDescription(options.pack, 'start', name);
}

function latentOf(file: string, sizes: { numWs: number; wDim: number }, component?: number): Float32Array {
  const opened = openWeights(file);
  try {
    return readLatent(opened, sizes, component);
  } finally {
    opened.close();
  }
}

/** Sets one key of pack.yaml and leaves everything else, comments included, as it is. */
async function setInDescription(pack: string, key: string, value: string): Promise<void> {
  const path = join(pack, 'pack.yaml');
  if (!existsSync(path)) return;
  const document = parseDocument(readFileSync(path, 'utf8'));
  document.set(key, value);
  await writeFileAtomic(path, document.toString());
}
