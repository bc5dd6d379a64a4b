import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { FamiliarError, messageOf } from '../errors.ts';
import { openSafetensors } from '../weights/safetensors.ts';
import type { TensorFile } from '../weights/tensor-file.ts';
import { architectures, loadGenerator } from './architectures.ts';
import { readCentres } from './centres.ts';
import { ofClass } from './class-label.ts';
import { type PackDirections, readDirections } from './directions.ts';
import { loadFacesPerceptual } from './faces-perceptual.ts';
import type { Generator } from './generator.ts';
import { loadLpips } from './lpips.ts';
import type { PerceptualNetwork } from './perceptual.ts';
import { WeightReader } from './weight-reader.ts';

const fileName = z
  .string()
  .regex(/^[\w][\w.-]*\.safetensors$/, 'must be the name of a .safetensors file in the folder');

const schema = z.strictObject({
  name: z.string().min(1).max(100),
  architecture: z.enum(architectures),
  resolution: z.int().min(4).max(1024),
  generator: fileName,
  perceptual: z.strictObject({ file: fileName, kind: z.enum(['faces-perceptual-v0', 'lpips']) }),
  /** A second, optional perceptual network for the loss 'lpips'. */
  lpips: fileName.optional(),
  mappingMultiplier: z.number().positive().optional(),
  convClamp: z.number().positive().optional(),
  /** Of a conditional network: the class whose faces are made, from 0. */
  label: z.int().min(0).optional(),
  /** Directions in latent space, each a tensor [wDim] or [numWs, wDim] called as its slider. */
  directions: fileName.optional(),
  /** The face that a chain starts from: a tensor `ws` [numWs, wDim]. */
  start: fileName.optional(),
  /** Faces near which faces of nobody are drawn: a tensor `centres` [count, wDim]. */
  centres: fileName.optional(),
  alignment: z.enum(['ffhq']),
  licence: z.string().min(1),
  source: z.string().min(1),
});

/** A face pack's description, pack.yaml. */
export type PackDescription = z.infer<typeof schema>;

export interface FacePack {
  readonly folder: string;
  readonly description: PackDescription;
  /** Of a conditional network, the class that pack.yaml names. */
  readonly generator: Generator;
  readonly perceptual: PerceptualNetwork;
  readonly lpips?: PerceptualNetwork;
  /** By name, each [numWs * wDim]: what to add to a latent to make a face older, smile, turn... Empty where there are none. */
  readonly directions: PackDirections;
  /** The face that a chain starts from, [numWs * wDim]; without it, the mean face. */
  readonly start?: Float32Array;
  /** Points of W that make good faces, each [wDim]: random faces are truncated towards the nearest; without, to w_avg. */
  readonly centres: readonly Float32Array[];
}

/** pack.yaml may be hand-written: nobody needs more than this, in bytes. */
const LARGEST_DESCRIPTION = 64 * 1024;

/** Reads a pack's description. Throws PACK_MISSING or PACK_INVALID. */
export function readPackDescription(folder: string): PackDescription {
  const path = join(folder, 'pack.yaml');
  if (!existsSync(path)) {
    throw new FamiliarError(
      'PACK_MISSING',
      `${folder} is no face pack: it has no pack.yaml. Choose a folder under models/, or import a network.`,
    );
  }
  if (statSync(path).size > LARGEST_DESCRIPTION) throw invalid(path, 'it is larger than 64 KB');
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'), { maxAliasCount: 0 });
  } catch (error) {
    throw invalid(path, messageOf(error).split('\n')[0]);
  }
  const result = schema.safeParse(content);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw invalid(path, `${issue.path.join('.') || 'the file'}: ${issue.message}`);
  }
  return result.data;
}

/**
 * Loads a face pack: pack.yaml and the safetensors it names.
 * Throws PACK_* and WEIGHTS_* errors that name the file and what to do.
 */
export function loadFacePack(folder: string): FacePack {
  const description = readPackDescription(folder);
  const network = withFile(folder, description.generator, (file, path) =>
    loadGenerator(description.architecture, file, path, description),
  );
  const generator = ofClass(network, checkedLabel(folder, description, network));
  if (generator.resolution !== description.resolution) {
    throw invalid(
      join(folder, 'pack.yaml'),
      `resolution is ${description.resolution}, but the generator makes ${generator.resolution} px`,
    );
  }
  const perceptual = withFile(folder, description.perceptual.file, (file, path) => {
    const weights = new WeightReader(file, path);
    return description.perceptual.kind === 'lpips' ? loadLpips(weights) : loadFacesPerceptual(weights);
  });
  const lpips = description.lpips
    ? withFile(folder, description.lpips, (file, path) => loadLpips(new WeightReader(file, path)))
    : undefined;
  for (const { name, minimumSize } of lpips ? [perceptual, lpips] : [perceptual]) {
    if (generator.resolution >= minimumSize) continue;
    throw invalid(
      join(folder, 'pack.yaml'),
      `${name} needs pictures of ${minimumSize} px, and the generator makes ${generator.resolution} px; choose another perceptual network`,
    );
  }
  const directions: PackDirections = description.directions
    ? withFile(folder, description.directions, (file, path) => readDirections(file, path, generator))
    : new Map();
  const start = description.start
    ? withFile(folder, description.start, (file, path) =>
        new WeightReader(file, path).read('ws', [generator.numWs, generator.wDim]),
      )
    : undefined;
  const centres = description.centres
    ? withFile(folder, description.centres, (file, path) => readCentres(file, path, generator.wDim))
    : [];
  return { folder: resolve(folder), description, generator, perceptual, lpips, directions, start, centres };
}

/** Names of a pack's directions, without loading its networks. Throws PACK_* and WEIGHTS_*. */
export function readDirectionNames(folder: string): readonly string[] {
  const { directions } = readPackDescription(folder);
  return directions ? withFile(folder, directions, ({ tensors }) => [...tensors.keys()]) : [];
}

/** SHA-256 of the generator's file, in hexadecimal: which network made a face. */
export async function packSha256(pack: FacePack): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(pack.folder, pack.description.generator)), hash);
  return hash.digest('hex');
}

/** The class to make faces of: the first one where none is named. */
function checkedLabel(folder: string, { label }: PackDescription, { cDim }: Generator): number {
  if (label === undefined || label < cDim) return label ?? 0;
  const classes =
    cDim === 0 ? 'the network has no classes; leave it out' : `the network's classes are 0 to ${cDim - 1}`;
  throw invalid(join(folder, 'pack.yaml'), `label is ${label}, but ${classes}`);
}

function withFile<T>(folder: string, name: string, use: (file: TensorFile, path: string) => T): T {
  const path = join(folder, name);
  if (!existsSync(path)) {
    throw new FamiliarError('PACK_FILE_MISSING', `${path} is missing. Copy the face pack '${basename(folder)}' again.`);
  }
  const file = openSafetensors(path);
  try {
    return use(file, path);
  } finally {
    file.close();
  }
}

const invalid = (path: string, reason: string): FamiliarError =>
  new FamiliarError('PACK_INVALID', `${path}: ${reason}. models/README.md describes what belongs there.`);
