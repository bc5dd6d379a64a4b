import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomFacesPerceptual, randomStyleGan2, tensorsInMemory } from '../../server/bench/random-networks.ts';
import type { RgbImage } from '../../server/image/rgb-image.ts';
import type { BecomingOrder } from '../../server/installation/ports.ts';
import { RandomState } from '../../server/projection/random.ts';
import { writeSafetensors } from '../../server/weights/safetensors.ts';
import type { TensorFile } from '../../server/weights/tensor-file.ts';

export const tinyResolution = 32;

/** A face pack of random weights that makes hundreds of steps a second; the same seed is the same pack. */
export async function writeTinyPack(folder: string, { seed = 0, classes = 0 } = {}): Promise<string> {
  const generator = randomStyleGan2({ resolution: tinyResolution, channelBase: 512, channelMax: 16, wDim: 16, seed });
  await writeNetwork(join(folder, 'generator.safetensors'), classes > 0 ? withClasses(generator, classes) : generator);
  await writeNetwork(join(folder, 'perceptual.safetensors'), randomFacesPerceptual([8, 8, 8, 8, 8, 8, 8], seed));
  await writeFile(
    join(folder, 'pack.yaml'),
    `name: tiny ${seed}\narchitecture: stylegan2\nresolution: ${tinyResolution}\ngenerator: generator.safetensors\n` +
      'perceptual: { file: perceptual.safetensors, kind: faces-perceptual-v0 }\nalignment: ffhq\n' +
      'mappingMultiplier: 1\nlicence: none\nsource: random\n',
  );
  return folder;
}

/** The same as a conditional network: an embedding of labels beside z. */
function withClasses(file: TensorFile, classes: number): TensorFile {
  const [outputs, inputs] = file.tensors.get('mapping.fc0.weight')?.shape ?? [];
  const random = new RandomState(7);
  const tensors = new Map([...file.tensors].map(([name, { shape }]) => [name, { shape, data: file.read(name) }]));
  tensors.set('mapping.fc0.weight', { shape: [outputs, 2 * inputs], data: random.normals(outputs * 2 * inputs) });
  tensors.set('mapping.embed.weight', { shape: [inputs, classes], data: random.normals(inputs * classes) });
  tensors.set('mapping.embed.bias', { shape: [inputs], data: new Float32Array(inputs) });
  return tensorsInMemory(tensors);
}

const writeNetwork = (path: string, file: TensorFile): Promise<void> =>
  writeSafetensors(
    path,
    Object.fromEntries([...file.tensors].map(([name, { shape }]) => [name, { shape, data: file.read(name) }])),
  );

export const scratch = (): Promise<string> => mkdtemp(join(tmpdir(), 'familiar-'));
export const removeScratch = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 5 });

/** A picture that is the same for the same seed. */
export const picture = (seed: number, side = tinyResolution): RgbImage => ({
  width: side,
  height: side,
  data: Uint8Array.from({ length: 3 * side * side }, (_, i) => (i * (seed + 3) * 7) % 256),
});

export const orderOf = (visitor: number, target: RgbImage, seconds: number): BecomingOrder => ({
  visitor,
  target,
  photograph: { bytes: new Uint8Array([1, 2, 3]), at: 1 },
  seconds,
  consent: { at: 5, how: 'tablet', language: 'en', text: 'I agree' },
});
