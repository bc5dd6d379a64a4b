import { statSync } from 'node:fs';
import { FamiliarError, usageError } from '../errors.ts';
import { input } from '../graph/ops.ts';
import { type FacePack, packSha256 } from '../networks/face-pack.ts';
import type { Generator } from '../networks/generator.ts';
import { truncatedWs } from '../projection/latent.ts';
import { faceFilesIn, networkOf, otherNetwork, readOwnNoise } from '../projection/stored-faces.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { openSafetensors } from '../weights/safetensors.ts';

export interface LatentOptions {
  readonly latents: string;
  readonly space: 'w+' | 'w' | 'z';
  /** Without it, a face's own noise where it is stored, and else the pack's. */
  readonly noise?: 'own' | 'const' | 'none';
  readonly truncation: number;
}

/** A face to draw. */
export interface NamedLatent {
  /** What its picture is called. */
  readonly name: string;
  /** [numWs, wDim] */
  readonly ws: Float32Array;
  /** One map [size, size] for each of the generator's; none where there is to be no noise. */
  readonly noise: readonly Float32Array[];
}

/**
 * The latents that `--latents` means, one after the other, so that a long chain is never in memory: the rows of a tensor,
 * or the faces of a folder. In a folder of several, those that cannot be drawn are named on the error output and left
 * out. Throws USAGE, LATENT_* and WEIGHTS_*.
 */
export async function* readLatents(
  options: LatentOptions,
  pack: FacePack,
  runtime: Runtime,
): AsyncGenerator<NamedLatent> {
  const { latents, space } = options;
  let sha256: Promise<string> | undefined;
  const ofPack = (): Promise<string> => {
    sha256 ??= packSha256(pack);
    return sha256;
  };
  if (!isFolder(latents)) {
    yield* await readFile(options, pack, ofPack, runtime);
    return;
  }
  if (space !== 'w+') throw usageError(`--space ${space}: the faces of a folder are stored in w+. Leave --space out.`);
  const files = faceFilesIn(latents);
  let drawn = 0;
  let refusal: FamiliarError | undefined;
  for (const { name, path } of files) {
    try {
      const [face] = await readFile({ ...options, latents: path }, pack, ofPack, runtime);
      drawn++;
      yield { ...face, name };
    } catch (error) {
      if (!(error instanceof FamiliarError)) throw error;
      refusal ??= error;
      if (files.length > 1) process.stderr.write(`Left out: ${error.message}\n`);
    }
  }
  if (refusal && drawn === 0) throw refusal;
}

async function readFile(
  options: LatentOptions,
  pack: FacePack,
  ofPack: () => Promise<string>,
  runtime: Runtime,
): Promise<NamedLatent[]> {
  const { generator } = pack;
  const [, path, key] = /^(.*\.safetensors):([^:\\/]+)$/.exec(options.latents) ?? [undefined, options.latents];
  const rows = readRows(path, key ?? { 'w+': 'wplus', w: 'w', z: 'z' }[options.space], options.space, generator);
  const network = networkOf(path);
  if (network !== undefined && network !== (await ofPack())) {
    throw otherNetwork(path, `not with ${pack.description.name}`);
  }
  const noise = noiseOf(path, options.noise, generator);
  const ws = options.space === 'z' ? await mapAll(rows, generator, runtime) : rows;
  return ws.map((row, i) => ({
    name: String(i).padStart(4, '0'),
    ws: options.space === 'w+' ? row : truncatedWs(row, generator.wAvg, options.truncation, generator),
    noise,
  }));
}

function noiseOf(path: string, wanted: LatentOptions['noise'], { noiseMaps }: Generator): readonly Float32Array[] {
  if (wanted === 'none') return [];
  const own = wanted === 'const' ? undefined : readOwnNoise(path, noiseMaps);
  if (wanted === 'own' && own === undefined && noiseMaps.length > 0) {
    throw usageError(
      `${path}: there are no noise maps of the face's own. Leave --noise out to draw it with the pack's.`,
    );
  }
  return own ?? noiseMaps.map(({ stored }) => stored);
}

/** The rows of a tensor, each of the space's size. */
function readRows(
  path: string,
  key: string,
  space: LatentOptions['space'],
  { numWs, wDim, zDim }: Generator,
): Float32Array[] {
  const row = { 'w+': [numWs, wDim], w: [wDim], z: [zDim] }[space];
  const file = openSafetensors(path);
  try {
    const shape = file.tensors.get(key)?.shape;
    if (shape === undefined || shape.length !== row.length + 1 || row.some((d, i) => shape[i + 1] !== d)) {
      throw usageError(
        `${path}: '${key}' is ${shape ? `[${shape}]` : 'missing'}, but --space ${space} of this pack needs [N, ${row.join(', ')}].`,
      );
    }
    const data = file.read(key);
    const size = row.reduce((a, b) => a * b, 1);
    return Array.from({ length: shape[0] }, (_, i) => data.slice(i * size, (i + 1) * size));
  } finally {
    file.close();
  }
}

async function mapAll(zs: readonly Float32Array[], generator: Generator, runtime: Runtime): Promise<Float32Array[]> {
  const graph = await runtime.compile({ outputs: { w: generator.mapping(input('z', [1, generator.zDim])) } });
  const ws: Float32Array[] = [];
  for (const z of zs) ws.push((await graph.run({ z })).w);
  await graph.dispose();
  return ws;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
