import { gradients } from '../../server/graph/gradients.ts';
import type { Graph } from '../../server/graph/graph.ts';
import { constant, input, meanAll, square, sub } from '../../server/graph/ops.ts';
import { type Architecture, loadGenerator } from '../../server/networks/architectures.ts';
import type { Generator } from '../../server/networks/generator.ts';
import { findGenerator } from '../../server/networks/import/find-generator.ts';
import { openWeights } from '../../server/weights/open-weights.ts';
import { openSafetensors } from '../../server/weights/safetensors.ts';
import { referencePath } from '../reference.ts';

/** The public files whose results are known. */
export const referenceFiles: readonly (readonly [file: string, Architecture, resolution: number])[] = [
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
];

export type Results = Readonly<Record<string, Float32Array>>;

/** What the public code computes for a file. */
export const expectedOf = (file: string) =>
  openSafetensors(referencePath(file.replace(/(-legacy)?\.\w+$/, '.expected.safetensors')));

/** The generator of a public file, as it is imported. */
export function openReference(file: string): Generator {
  const opened = openWeights(referencePath(file));
  try {
    const found = findGenerator(opened);
    if (!found) throw new Error(`${file}: no generator was found`);
    return loadGenerator(found.architecture, found.tensors, file);
  } finally {
    opened.close();
  }
}

/** Mapping, images and a gradient with the inputs of the public code's run. */
export function referenceProblem(file: string): { graph: Graph; feeds: Results } {
  const generator = openReference(file);
  const { numWs, wDim, zDim, cDim, noiseMaps, resolution } = generator;
  const expected = expectedOf(file);
  const z = input('z', [2, zDim]);
  const c = cDim > 0 ? input('c', [2, cDim]) : undefined;
  const stored = noiseMaps.map((map) => constant(map.stored, [1, 1, map.size, map.size]));
  const ws = input('ws', [1, numWs, wDim]);
  const image = generator.synthesis(ws, stored);
  const mse = meanAll(square(sub(image, input('target', [1, 3, resolution, resolution]))));
  const [gradient] = gradients(mse, [ws]);
  const images = generator.synthesis(input('pair', [2, numWs, wDim]), stored);
  const w = expected.read('w');
  const size = numWs * wDim;
  return {
    graph: { outputs: { w: generator.mapping(z, c), images, image, mse, gradient } },
    feeds: {
      z: expected.read('z'),
      ...(cDim > 0 ? { c: expected.read('c') } : {}),
      pair: Float32Array.from({ length: 2 * size }, (_, i) => w[Math.floor(i / size) * wDim + (i % wDim)]),
      ws: expected.read('wplus'),
      target: expected.read('target'),
    },
  };
}

/** The same without the pair of images: for engines on which every shape of picture costs seconds. */
export function referenceStep(file: string): { graph: Graph; feeds: Results } {
  const { graph, feeds } = referenceProblem(file);
  const { images: _, ...outputs } = graph.outputs;
  const { pair: __, ...ours } = feeds;
  return { graph: { outputs }, feeds: ours };
}
