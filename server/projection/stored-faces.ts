import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FamiliarError } from '../errors.ts';
import type { NoiseMap } from '../networks/generator.ts';
import { openSafetensors } from '../weights/safetensors.ts';
import type { TensorFile } from '../weights/tensor-file.ts';
import { LATENT_FILE, NOISE_FILE } from './latent-file.ts';

/** A file with the latent of a face, and what the face is called. */
export interface FaceFile {
  readonly name: string;
  readonly path: string;
}

/**
 * The faces in a folder by name: one where it is a face's own, else all whose folders lie in it. A film's folder, the
 * folder of a chain and its `faces` are all understood. Faces that are still being made have no latent and are left out.
 * Throws LATENT_MISSING where there are none.
 */
export function faceFilesIn(folder: string): FaceFile[] {
  const own = join(folder, LATENT_FILE);
  if (existsSync(own)) return [{ name: basename(resolve(folder)), path: own }];
  const faces = join(folder, 'faces');
  const holder = existsSync(faces) && statSync(faces).isDirectory() ? faces : folder;
  const found = readdirSync(holder)
    .sort()
    .map((name): FaceFile => ({ name, path: join(holder, name, LATENT_FILE) }))
    .filter(({ path }) => existsSync(path));
  if (found.length > 0) return found;
  throw new FamiliarError(
    'LATENT_MISSING',
    `${folder}: there are no faces in this folder. Give the folder of a film, a chain or one face, or a .safetensors file.`,
  );
}

/**
 * The noise maps that a face was made with, in the generator's order: in its file as the chain stores them (`noise.0`,
 * ...), or beside it as films do. Undefined where there are none. Throws LATENT_MISMATCH where they are another network's.
 */
export function readOwnNoise(path: string, maps: readonly NoiseMap[]): Float32Array[] | undefined {
  const beside = join(dirname(path), NOISE_FILE);
  if (basename(path) === LATENT_FILE && existsSync(beside)) {
    return withFile(beside, (file) => maps.map(({ name, size }) => readMap(file, beside, name, size)));
  }
  return withFile(path, (file) => {
    const count = [...file.tensors.keys()].filter((name) => /^noise\.\d+$/.test(name)).length;
    if (count === 0) return undefined;
    if (count !== maps.length) throw otherNetwork(path, `it has ${count} noise maps, and the network ${maps.length}`);
    return maps.map(({ size }, i) => readMap(file, path, `noise.${i}`, size));
  });
}

/** The network that a chain's face was made with, as a SHA-256; undefined where its file does not say. */
export const networkOf = (path: string): string | undefined =>
  withFile(path, ({ metadata }) => metadata.generator_sha256);

/** LATENT_MISMATCH: the face is not one of this network. */
export const otherNetwork = (path: string, why: string): FamiliarError =>
  new FamiliarError(
    'LATENT_MISMATCH',
    `${path}: the face was made with another face pack (${why}). Give that pack with --pack.`,
  );

function readMap(file: TensorFile, path: string, name: string, size: number): Float32Array {
  const shape = file.tensors.get(name)?.shape;
  if (shape?.join() === `${size},${size}`) return file.read(name);
  throw otherNetwork(path, `its '${name}' is ${shape ? `[${shape}]` : 'missing'} where [${size},${size}] is needed`);
}

function withFile<T>(path: string, use: (file: TensorFile) => T): T {
  const file = openSafetensors(path);
  try {
    return use(file);
  } finally {
    file.close();
  }
}
