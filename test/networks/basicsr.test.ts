import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tensorsInMemory } from '../../server/bench/random-networks.ts';
import { constant, input } from '../../server/graph/ops.ts';
import { loadGenerator } from '../../server/networks/architectures.ts';
import { findGenerator } from '../../server/networks/import/find-generator.ts';
import { type GeneratorImport, missingParts } from '../../server/networks/import/generator-import.ts';
import { withPlaceForMean } from '../../server/networks/import/mean-latent.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';
import { openWeights } from '../../server/weights/open-weights.ts';
import { openSafetensors, writeSafetensors } from '../../server/weights/safetensors.ts';
import type { TensorFile } from '../../server/weights/tensor-file.ts';
import { errorOfRange, hasReference, referencePath, relativeL2, sharedPath } from '../reference.ts';
import { dict, type Item } from '../weights/pickle-writer.ts';
import { scratchFolder } from '../weights/scratch.ts';
import { torchZip } from '../weights/torch-writer.ts';

const scratch = scratchFolder();
const runtime = await startEngine('cpu');

interface Stored {
  readonly shape: number[];
  readonly data: number[];
}
const clean = JSON.parse(readFileSync(new URL('gfpgan-clean.json', import.meta.url), 'utf8')) as {
  readonly tensors: Readonly<Record<string, Stored>>;
  readonly expected: Readonly<Record<'z' | 'w' | 'wplus' | 'image', Stored>>;
};

/** Finds the generator of a file and uses it while the file is open. */
async function withGenerator<T>(path: string, use: (found: GeneratorImport) => T | Promise<T>): Promise<T> {
  const opened = openWeights(path);
  try {
    const found = findGenerator(opened);
    if (!found) throw new Error(`${path}: no generator was found`);
    return await use(withPlaceForMean(found));
  } finally {
    opened.close();
  }
}

async function draw(found: GeneratorImport, z: Float32Array, ws: Float32Array) {
  const generator = loadGenerator(found.architecture, found.tensors, 'a file');
  const { numWs, wDim, zDim, noiseMaps } = generator;
  const maps = noiseMaps.map(({ size, stored }) => constant(stored, [1, 1, size, size]));
  const graph = await runtime.compile({
    outputs: {
      w: generator.mapping(input('z', [z.length / zDim, zDim])),
      image: generator.synthesis(input('ws', [1, numWs, wDim]), maps),
    },
  });
  const result = await graph.run({ z, ws });
  await graph.dispose();
  return result;
}

describe("the decoder of GFPGAN's clean code", () => {
  /** As the checkpoints are: the decoder among the parts that restore faces. */
  const checkpoint = torchZip((tensor) => {
    const of = ({ shape, data }: Stored) =>
      tensor({ storage: { type: 'FloatStorage', data: Float32Array.from(data) }, shape });
    const decoder = Object.entries(clean.tensors).map(([name, stored]): [string, Item] => [
      `stylegan_decoder.${name}`,
      of(stored),
    ]);
    const others = { 'conv_body_first.weight': of({ shape: [1, 3, 1, 1], data: [1, 2, 3] }) };
    return dict({ params_ema: dict({ ...others, ...Object.fromEntries(decoder) }) });
  });

  it('is read, and gives the pictures of PyTorch', async () => {
    await withGenerator(scratch.file('gfpgan.pth', checkpoint), async (found) => {
      expect(found).toMatchObject({ title: 'StyleGAN2 (PyTorch, GFPGAN)', resolution: 8 });
      expect(missingParts(found)).toEqual([]);
      const { z, w, wplus, image } = clean.expected;
      const result = await draw(found, Float32Array.from(z.data), Float32Array.from(wplus.data));
      expect(relativeL2(result.w, w.data)).toBeLessThan(1e-5);
      expect(errorOfRange(result.image, image.data)).toBeLessThan(1e-5);
    });
  });

  it('is still itself as a pack’s own file', async () => {
    const path = `${scratch.folder}/generator.safetensors`;
    await withGenerator(scratch.file('gfpgan.pth', checkpoint), async ({ tensors }) => {
      const all = [...tensors.tensors].map(([name, { shape }]) => [name, { shape, data: tensors.read(name) }] as const);
      await writeSafetensors(path, new Map(all), tensors.metadata);
    });
    await withGenerator(path, async (found) => {
      const { z, wplus, image } = clean.expected;
      const result = await draw(found, Float32Array.from(z.data), Float32Array.from(wplus.data));
      expect(errorOfRange(result.image, image.data)).toBeLessThan(1e-5);
    });
  });
});

describe.skipIf(!hasReference)('a StyleGAN2 in the names of BasicSR', () => {
  it('gives the pictures of the same network in the names of rosinality', async () => {
    const expected = openSafetensors(referencePath('rosinality-32.expected.safetensors'));
    await withGenerator(sharedPath('inputs/basicsr.pth'), async (found) => {
      expect(found).toMatchObject({ title: 'StyleGAN2 (PyTorch, BasicSR)', resolution: 32 });
      expect(missingParts(found)).toEqual([]);
      const result = await draw(found, expected.read('z'), expected.read('wplus'));
      expect(relativeL2(result.w, expected.read('w'))).toBeLessThan(1e-5);
      expect(errorOfRange(result.image, expected.read('image_wplus'))).toBeLessThan(1e-5);
    });
  });

  it('has every tensor of it, wherever a name differs', async () => {
    const tensorsOf = (path: string): Promise<TensorFile> =>
      withGenerator(path, ({ tensors }) => {
        const all = [...tensors.tensors].map(
          ([name, { shape }]) => [name, { shape, data: tensors.read(name) }] as const,
        );
        return tensorsInMemory(new Map(all));
      });
    const ours = await tensorsOf(sharedPath('inputs/basicsr.pth'));
    const theirs = await tensorsOf(referencePath('rosinality-32.pt'));
    expect([...ours.tensors.keys()].sort()).toEqual([...theirs.tensors.keys()].sort());
  });
});
