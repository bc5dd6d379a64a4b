import { describe, expect, it } from 'vitest';
import { gradients } from '../../server/graph/gradients.ts';
import { constant, input, meanAll, square, sub } from '../../server/graph/ops.ts';
import { loadGenerator } from '../../server/networks/architectures.ts';
import { findGenerator } from '../../server/networks/import/find-generator.ts';
import { recognise } from '../../server/networks/import/recognise.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';
import { openWeights } from '../../server/weights/open-weights.ts';
import { openSafetensors } from '../../server/weights/safetensors.ts';
import { errorOfRange, hasReference, referencePath, relativeL2 } from '../reference.ts';

const files = [
  ['stylegan2-32.pkl', 'stylegan2', 32],
  ['stylegan2-32-conditional.pkl', 'stylegan2', 32],
  ['stylegan2-64-resnet.pkl', 'stylegan2', 64],
  ['stylegan2-128-wide.pkl', 'stylegan2', 128],
  ['rosinality-32.pt', 'stylegan2', 32],
  ['rosinality-32-legacy.pt', 'stylegan2', 32],
  ['stylegan2-tf-32.pkl', 'stylegan2', 32],
  ['stylegan1-tf-128.pkl', 'stylegan', 128],
  ['stylegan3-t-32.pkl', 'stylegan3', 32],
  ['stylegan3-r-32.pkl', 'stylegan3', 32],
] as const;

describe.skipIf(!hasReference).each(['cpu', 'tensorflow'] as const)(
  'public files give the images and gradients of the public code: %s',
  async (engine) => {
    const runtime = await startEngine(engine);
    // TensorFlow.js is held to the small networks only: it is slow.
    const cases = files.filter(([, , size]) => engine === 'cpu' || size === 32);

    it.each(cases)('%s', async (name, architecture, resolution) => {
      const opened = openWeights(referencePath(name));
      expect(recognise(opened)).toMatchObject({ missing: [] });
      const found = findGenerator(opened);
      if (!found) throw new Error('no generator was found');
      expect(found).toMatchObject({ architecture, resolution });
      const generator = loadGenerator(found.architecture, found.tensors, name);
      opened.close();
      const expected = openSafetensors(referencePath(name.replace(/(-legacy)?\.\w+$/, '.expected.safetensors')));

      const { numWs, wDim, zDim, cDim, noiseMaps } = generator;
      const z = input('z', [2, zDim]);
      const c = cDim > 0 ? input('c', [2, cDim]) : undefined;
      const stored = noiseMaps.map((map) => constant(map.stored, [1, 1, map.size, map.size]));
      const pair = input('pair', [2, numWs, wDim]);
      const ws = input('ws', [1, numWs, wDim]);
      const image = generator.synthesis(ws, stored);
      const mse = meanAll(square(sub(image, input('target', [1, 3, resolution, resolution]))));
      const [gradient] = gradients(mse, [ws]);
      const graph = await runtime.compile({
        outputs: { w: generator.mapping(z, c), images: generator.synthesis(pair, stored), image, mse, gradient },
      });
      const w = expected.read('w');
      const result = await graph.run({
        z: expected.read('z'),
        ...(cDim > 0 ? { c: expected.read('c') } : {}),
        pair: Float32Array.from(
          { length: 2 * numWs * wDim },
          (_, i) => w[Math.floor(i / (numWs * wDim)) * wDim + (i % wDim)],
        ),
        ws: expected.read('wplus'),
        target: expected.read('target'),
      });
      expect(relativeL2(result.w, w)).toBeLessThan(1e-5);
      expect(errorOfRange(result.images, expected.read('image_const'))).toBeLessThan(1e-4);
      expect(errorOfRange(result.image, expected.read('image_wplus'))).toBeLessThan(1e-4);
      expect(Math.abs(result.mse[0] / expected.read('mse')[0] - 1)).toBeLessThan(1e-4);
      expect(relativeL2(result.gradient, expected.read('mse_grad_wplus'))).toBeLessThan(1e-3);
      for (const average of ['w_avg', 'latent_avg']) {
        if (expected.tensors.has(average))
          expect(relativeL2(generator.wAvg, expected.read(average))).toBeLessThan(1e-6);
      }
    });
  },
);
