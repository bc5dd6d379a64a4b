import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { gradients } from '../../server/graph/gradients.ts';
import { constant, input } from '../../server/graph/ops.ts';
import { toTensor } from '../../server/image/rgb-image.ts';
import { loadLpips } from '../../server/networks/lpips.ts';
import { perceptualDistance, targetFeatures } from '../../server/networks/perceptual.ts';
import { loadStyleGan2 } from '../../server/networks/stylegan2.ts';
import { WeightReader } from '../../server/networks/weight-reader.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';
import { openSafetensors } from '../../server/weights/safetensors.ts';
import { hasReference, referencePath, relativeL2, sharedPath } from '../reference.ts';

describe.skipIf(!hasReference).each(['cpu', 'tensorflow'] as const)(
  'LPIPS agrees with its authors: %s',
  async (engine) => {
    const runtime = await startEngine(engine);
    const load = (net: string) => {
      const path = sharedPath(`weights/lpips-${net}.safetensors`);
      return loadLpips(new WeightReader(openSafetensors(path), path));
    };

    it.each([
      { net: 'alex', p0: 0.7219, p1: 0.1376 },
      { net: 'squeeze', p0: 0.711, p1: 0.1479 },
    ])('$net on the published example', async ({ net, p0, p1 }) => {
      const network = load(net);
      const shape = [1, 3, 64, 64];
      const distance = perceptualDistance(network, input('a', shape), targetFeatures(network, input('b', shape)));
      const graph = await runtime.compile({ outputs: { distance } });
      const b = await picture('ex_ref.png');
      expect((await graph.run({ a: await picture('ex_p0.png'), b })).distance[0]).toBeCloseTo(p0, 4);
      expect((await graph.run({ a: await picture('ex_p1.png'), b })).distance[0]).toBeCloseTo(p1, 4);
      expect((await graph.run({ a: b, b })).distance[0]).toBeCloseTo(0, 5);
    });

    it.each(['stylegan2-32', 'stylegan2-128-wide'])('squeeze: value and gradient through %s', async (name) => {
      const expected = openSafetensors(referencePath(`${name}.expected.safetensors`));
      const file = openSafetensors(referencePath(`${name}.weights.safetensors`));
      const generator = loadStyleGan2(file, name, {
        mappingMultiplier: 0.01,
        convClamp: name.endsWith('wide') ? 256 : null,
      });
      const network = load('squeeze');
      const { numWs, wDim, resolution } = generator;
      const ws = input('ws', [1, numWs, wDim]);
      const noise = generator.noiseMaps.map((map) => constant(map.stored, [1, 1, map.size, map.size]));
      const target = targetFeatures(network, input('target', [1, 3, resolution, resolution]));
      const distance = perceptualDistance(network, generator.synthesis(ws, noise), target);
      const graph = await runtime.compile({ outputs: { distance, gradient: gradients(distance, [ws])[0] } });
      const result = await graph.run({ ws: expected.read('wplus'), target: expected.read('target') });
      expect(Math.abs(result.distance[0] / expected.read('lpips_squeeze')[0] - 1)).toBeLessThan(1e-5);
      expect(relativeL2(result.gradient, expected.read('lpips_squeeze_grad_wplus'))).toBeLessThan(1e-3);
    });
  },
);

async function picture(name: string): Promise<Float32Array> {
  const { data, info } = await sharp(referencePath(`lpips/${name}`))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return toTensor({ width: info.width, height: info.height, data });
}
