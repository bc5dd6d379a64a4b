import { describe, expect, it } from 'vitest';
import { randomStyleGan2, tensorsInMemory } from '../../server/bench/random-networks.ts';
import { gradients } from '../../server/graph/gradients.ts';
import { constant, input, meanAll, square, sub } from '../../server/graph/ops.ts';
import { loadStyleGan2 } from '../../server/networks/stylegan2.ts';
import { truncate } from '../../server/projection/latent.ts';
import { RandomState } from '../../server/projection/random.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';
import { openSafetensors } from '../../server/weights/safetensors.ts';
import type { Tensor } from '../../server/weights/tensor-file.ts';
import { errorOfRange, hasReference, referencePath, relativeL2 } from '../reference.ts';

const networks = [
  { name: 'stylegan2-32', convClamp: null },
  { name: 'stylegan2-32-conditional', convClamp: null },
  { name: 'stylegan2-64-resnet', convClamp: null },
  { name: 'stylegan2-128-wide', convClamp: 256 },
];

describe.skipIf(!hasReference).each(['cpu', 'tensorflow'] as const)(
  'StyleGAN2 agrees with stylegan2-ada-pytorch: %s',
  async (engine) => {
    const runtime = await startEngine(engine);

    it.each(networks)('$name: mapping, images, loss and gradients', async ({ name, convClamp }) => {
      const file = openSafetensors(referencePath(`${name}.weights.safetensors`));
      const expected = openSafetensors(referencePath(`${name}.expected.safetensors`));
      const generator = loadStyleGan2(file, name, { mappingMultiplier: 0.01, convClamp });
      const { numWs, wDim, zDim, cDim, resolution, noiseMaps } = generator;

      const z = input('z', [2, zDim]);
      const c = cDim > 0 ? input('c', [2, cDim]) : undefined;
      const mapping = await runtime.compile({ outputs: { w: generator.mapping(z, c) } });
      const labels: Record<string, Float32Array> = cDim > 0 ? { c: expected.read('c') } : {};
      const { w } = await mapping.run({ z: expected.read('z'), ...labels });
      expect(relativeL2(w, expected.read('w'))).toBeLessThan(1e-5);
      const truncated = truncate(w.slice(0, wDim), generator.wAvg, 0.7);
      expect(relativeL2(truncated, expected.read('w_truncated_0_7').slice(0, wDim))).toBeLessThan(1e-5);

      const stored = noiseMaps.map((map) => constant(map.stored, [1, 1, map.size, map.size]));
      const pair = input('ws', [2, numWs, wDim]);
      const images = await runtime.compile({
        outputs: { fixed: generator.synthesis(pair, stored), none: generator.synthesis(pair, 'none') },
      });
      const fixed = await images.run({ ws: repeated(expected.read('w'), numWs, wDim) });
      expect(errorOfRange(fixed.fixed, expected.read('image_const'))).toBeLessThan(1e-4);
      const none = await images.run({ ws: repeated(expected.read('w_truncated_0_7'), numWs, wDim) });
      expect(errorOfRange(none.none, expected.read('image_none'))).toBeLessThan(1e-4);

      const ws = input('ws', [1, numWs, wDim]);
      const noise = noiseMaps.map((map) => input(map.name, [1, 1, map.size, map.size]));
      const image = generator.synthesis(ws, noise);
      const mse = meanAll(square(sub(image, input('target', [1, 3, resolution, resolution]))));
      const [gradWs, ...gradNoise] = gradients(mse, [ws, ...noise]);
      const outputs = Object.fromEntries(gradNoise.map((g, i) => [`grad.${noiseMaps[i].name}`, g]));
      const step = await runtime.compile({ outputs: { image, mse, gradWs, ...outputs } });
      const result = await step.run({
        ws: expected.read('wplus'),
        target: expected.read('target'),
        ...Object.fromEntries(noiseMaps.map((map) => [map.name, map.stored])),
      });
      expect(errorOfRange(result.image, expected.read('image_wplus'))).toBeLessThan(1e-4);
      expect(Math.abs(result.mse[0] / expected.read('mse')[0] - 1)).toBeLessThan(1e-5);
      expect(relativeL2(result.gradWs, expected.read('mse_grad_wplus'))).toBeLessThan(1e-3);
      for (const map of noiseMaps) {
        const name = `mse_grad_noise.${map.name}`;
        expect(expected.tensors.has(name)).toBe(true);
        expect(relativeL2(result[`grad.${map.name}`], expected.read(name))).toBeLessThan(1e-3);
      }
    });
  },
);

/** [N, wDim] -> [N, numWs, wDim] */
function repeated(w: Float32Array, numWs: number, wDim: number): Float32Array {
  const n = w.length / wDim;
  const out = new Float32Array(n * numWs * wDim);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < numWs; k++) out.set(w.subarray(i * wDim, (i + 1) * wDim), (i * numWs + k) * wDim);
  }
  return out;
}

describe('the block architectures', () => {
  it("'orig' is 'skip' whose blocks before the last add nothing to the image", async () => {
    const runtime = await startEngine('cpu');
    const file = randomStyleGan2({ resolution: 16, channelBase: 256, channelMax: 16, wDim: 32 });
    const isEarly = (name: string) => /^synthesis\.b[48]\.torgb\./.test(name);
    const tensors = [...file.tensors].map(([name, { shape }]): [string, Tensor] => [
      name,
      { shape, data: file.read(name) },
    ]);
    const silent = tensors.map(([name, { shape, data }]): [string, Tensor] => [
      name,
      { shape, data: isEarly(name) ? new Float32Array(data.length) : data },
    ]);
    const images: Float32Array[] = [];
    for (const entries of [silent, tensors.filter(([name]) => !isEarly(name))]) {
      const generator = loadStyleGan2(tensorsInMemory(new Map(entries)), 'random', {
        mappingMultiplier: 1,
        convClamp: null,
      });
      const graph = await runtime.compile({
        outputs: { image: generator.synthesis(input('ws', [1, generator.numWs, 32]), 'none') },
      });
      images.push((await graph.run({ ws: new RandomState(3).normals(32 * generator.numWs) })).image);
    }
    expect(errorOfRange(images[0], images[1])).toBeLessThan(1e-6);
  });
});
