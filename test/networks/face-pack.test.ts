import { appendFileSync, cpSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tensorsInMemory } from '../../server/bench/random-networks.ts';
import { constant, input } from '../../server/graph/ops.ts';
import type { Value } from '../../server/graph/value.ts';
import { ofClass } from '../../server/networks/class-label.ts';
import { bendOf, bent } from '../../server/networks/directions.ts';
import { loadFacePack } from '../../server/networks/face-pack.ts';
import { stylegan2Mapping } from '../../server/networks/stylegan2-mapping.ts';
import { WeightReader } from '../../server/networks/weight-reader.ts';
import { truncatedWs } from '../../server/projection/latent.ts';
import { RandomState } from '../../server/projection/random.ts';
import { wStatistics } from '../../server/projection/w-statistics.ts';
import type { Runtime } from '../../server/runtime/runtime.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';
import { writeSafetensors } from '../../server/weights/safetensors.ts';
import type { Tensor } from '../../server/weights/tensor-file.ts';
import { writeTinyPack } from '../engine/tiny-pack.ts';
import { hasReference, relativeL2, sharedPath } from '../reference.ts';
import { scratchFolder } from '../weights/scratch.ts';
import { openReference } from './reference-problem.ts';

const scratch = scratchFolder();
let count = 0;
async function tinyPack(more = '', classes = 0): Promise<string> {
  const folder = join(scratch.folder, `pack-${count++}`);
  await mkdir(folder);
  await writeTinyPack(folder, { classes });
  appendFileSync(join(folder, 'pack.yaml'), more);
  return folder;
}

let runtime: Runtime;
beforeAll(async () => {
  runtime = await startEngine('cpu');
});
afterAll(() => runtime.dispose());

async function run(value: Value, feeds: Record<string, Float32Array> = {}): Promise<Float32Array> {
  const graph = await runtime.compile({ outputs: { value } });
  const results = await graph.run(feeds);
  await graph.dispose();
  return results.value;
}

const z = new RandomState(4).normals(2 * 16);

describe('a conditional network', () => {
  it('makes the faces of the class that pack.yaml names, and of the first where it names none', async () => {
    const means: Float32Array[] = [];
    for (const label of ['', 'label: 0\n', 'label: 2\n']) {
      const { generator } = loadFacePack(await tinyPack(label, 3));
      expect(generator.cDim).toBe(0);
      means.push((await wStatistics(runtime, generator, { samples: 500 })).mean);
    }
    expect(means[1]).toEqual(means[0]);
    expect(relativeL2(means[2], means[0])).toBeGreaterThan(0.1);
  });

  it.each([
    ['label: 3\n', 3, /label is 3, but the network's classes are 0 to 2\./],
    ['label: 0\n', 0, /label is 0, but the network has no classes; leave it out\./],
    ['label: -1\n', 3, /label: /],
    ['label: cat\n', 3, /label: /],
  ])('refuses %j with %i classes', async (label, classes, message) => {
    const folder = await tinyPack(label, classes);
    expect(() => loadFacePack(folder)).toThrow(expect.objectContaining({ code: 'PACK_INVALID' }));
    expect(() => loadFacePack(folder)).toThrow(message);
  });

  it.skipIf(!hasReference)('is of one class what it is with that label', async () => {
    const generator = openReference('stylegan2-32-conditional.pkl');
    const { zDim, cDim } = generator;
    const value = constant(new RandomState(1).normals(2 * zDim), [2, zDim]);
    for (let label = 0; label < cDim; label++) {
      const c = Float32Array.from({ length: 2 * cDim }, (_, i) => (i % cDim === label ? 1 : 0));
      const wanted = await run(generator.mapping(value, constant(c, [2, cDim])));
      expect(await run(ofClass(generator, label).mapping(value))).toEqual(wanted);
    }
  });

  it('of TensorFlow has a vector for each class, normalised together with z', async () => {
    const random = new RandomState(2);
    const tensor = (...shape: number[]): Tensor => ({ shape, data: random.normals(shape.reduce((a, b) => a * b, 1)) });
    const tensors = new Map([
      ['w_avg', tensor(5)],
      ['label_concat.weight', tensor(3, 16)],
      ['fc0.weight', tensor(5, 32)],
      ['fc0.bias', tensor(5)],
    ]);
    const mapping = stylegan2Mapping(new WeightReader(tensorsInMemory(tensors), 'made up'), 1);
    expect(mapping).toMatchObject({ zDim: 16, cDim: 3, wDim: 5 });
    const [vectors, weight, bias] = ['label_concat.weight', 'fc0.weight', 'fc0.bias'].map(
      (name) => tensors.get(name)?.data as Float32Array,
    );
    const wanted = [0, 1].flatMap((row) => {
      const label = row + 1;
      const x = [...z.slice(16 * row, 16 * row + 16), ...vectors.slice(16 * label, 16 * label + 16)];
      const length = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / 32);
      return [...bias].map((b, o) => {
        const y = x.reduce((sum, v, i) => sum + (v / length) * (weight[32 * o + i] / Math.sqrt(32)), b);
        return Math.SQRT2 * (y < 0 ? 0.2 * y : y);
      });
    });
    const labels = constant(Float32Array.of(0, 1, 0, 0, 0, 1), [2, 3]);
    expect(relativeL2(await run(mapping.run(constant(z, [2, 16]), labels)), wanted)).toBeLessThan(1e-6);
    expect(() => mapping.run(input('z', [2, 16]))).toThrow('class labels');
  });
});

describe('a pack', () => {
  const lpips = sharedPath('weights/lpips-alex.safetensors');
  it.skipIf(!hasReference)('whose perceptual network needs larger pictures is refused', async () => {
    const folder = await tinyPack('lpips: lpips.safetensors\n');
    cpSync(lpips, join(folder, 'lpips.safetensors'));
    expect(() => loadFacePack(folder)).toThrow(/LPIPS.* needs pictures of 35 px, and the generator makes 32 px/);
  });

  it('bends faces by the sum of its directions', async () => {
    const folder = await tinyPack('directions: directions.safetensors\n');
    const [numWs, wDim] = [8, 16];
    await writeSafetensors(join(folder, 'directions.safetensors'), {
      age: { shape: [wDim], data: new Float32Array(wDim).fill(1) },
      'head-turn': { shape: [numWs, wDim], data: Float32Array.from({ length: numWs * wDim }, (_, i) => i) },
    });
    const { directions } = loadFacePack(folder);
    const face = new RandomState(3).normals(numWs * wDim);
    const values = { age: -0.5, 'head-turn': 2, smile: 3 };
    const wanted = face.map((x, i) => x + (2 * i - 0.5));
    expect(relativeL2(bent(face, bendOf(directions, values)), wanted)).toBeLessThan(1e-6);
    const nothings: Record<string, number>[] = [{}, { age: 0 }, { age: Number.NaN }, { smile: 1 }];
    for (const nothing of nothings) {
      expect(bent(face, bendOf(directions, nothing))).toBe(face);
    }
  });

  it('with a direction that cannot be called so is refused', async () => {
    const folder = await tinyPack('directions: directions.safetensors\n');
    await writeSafetensors(join(folder, 'directions.safetensors'), {
      'Head turn': { shape: [16], data: new Float32Array(16).fill(1) },
    });
    expect(() => loadFacePack(folder)).toThrow(/called 'Head turn'.*head-turn/);
  });
});

describe('random faces', () => {
  it('are truncated in the layers that their network is truncated in', () => {
    const w = Float32Array.of(2, 4);
    const mean = Float32Array.of(0, 2);
    expect([...truncatedWs(w, mean, 0.5, { numWs: 3, truncatedLayers: 3 })]).toEqual([1, 3, 1, 3, 1, 3]);
    expect([...truncatedWs(w, mean, 0.5, { numWs: 3, truncatedLayers: 1 })]).toEqual([1, 3, 2, 4, 2, 4]);
    expect([...truncatedWs(w, mean, 1, { numWs: 2, truncatedLayers: 2 })]).toEqual([2, 4, 2, 4]);
  });

  it.skipIf(!hasReference)('of the first StyleGAN keep their details', () => {
    expect(openReference('stylegan1-tf-128.pkl')).toMatchObject({ numWs: 12, truncatedLayers: 8 });
    for (const name of ['stylegan2-tf-32.pkl', 'stylegan3-r-32.pkl']) {
      const generator = openReference(name);
      expect(generator.truncatedLayers).toBe(generator.numWs);
    }
  });
});
