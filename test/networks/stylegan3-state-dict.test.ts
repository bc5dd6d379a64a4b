import { describe, expect, it } from 'vitest';
import { tensorsInMemory } from '../../server/bench/random-networks.ts';
import { constant } from '../../server/graph/ops.ts';
import { loadGenerator } from '../../server/networks/architectures.ts';
import { findGenerator } from '../../server/networks/import/find-generator.ts';
import { missingParts, titleOf } from '../../server/networks/import/generator-import.ts';
import { fromStateDict } from '../../server/networks/import/pytorch.ts';
import { recognise } from '../../server/networks/import/recognise.ts';
import { planStyleGan3, readStyleGan3Settings } from '../../server/networks/stylegan3-plan.ts';
import { RandomState } from '../../server/projection/random.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';
import { openWeights } from '../../server/weights/open-weights.ts';
import { openSafetensors } from '../../server/weights/safetensors.ts';
import type { Tensor, TensorFile } from '../../server/weights/tensor-file.ts';
import { errorOfRange, hasReference, referencePath, sharedPath } from '../reference.ts';

type Metadata = Record<string, string>;

/** A state dict of a StyleGAN3 made with these settings, named and shaped as the public code does; zeros for weights. */
function stateDict(
  settings: Metadata,
  names = (layer: number, size: number): string => `L${layer}_${size}_4`,
): TensorFile {
  const { input: start, layers } = planStyleGan3(readStyleGan3Settings(settings, 'a test'));
  const tensors = new Map<string, Tensor>();
  const add = (
    name: string,
    shape: readonly number[],
    data = new Float32Array(shape.reduce((a, b) => a * b, 1)),
  ): void => {
    tensors.set(name, { shape, data });
  };
  const dense = (name: string, inputs: number, outputs: number): void => {
    add(`${name}.weight`, [outputs, inputs]);
    add(`${name}.bias`, [outputs]);
  };
  add('mapping.w_avg', [4]);
  dense('mapping.fc0', 4, 4);
  // As the public code draws them: directions of any length up to the bandwidth.
  const random = new RandomState(1).normals(64);
  const freqs = random.map((x, i) => {
    const radius = Math.hypot(random[i & ~1], random[i | 1]);
    return (x / (radius * Math.exp(radius ** 2 / 4))) * start.bandwidth;
  });
  add('synthesis.input.freqs', [32, 2], freqs);
  add('synthesis.input.phases', [32]);
  add('synthesis.input.transform', [3, 3]);
  add('synthesis.input.weight', [32, 32]);
  dense('synthesis.input.affine', 4, 4);
  layers.forEach(({ outSize, kernel, upTaps, downTaps, isDownRadial, isRgb }, i) => {
    const name = `synthesis.${names(i, outSize)}`;
    const [inputs, outputs] = [i === 0 ? 32 : 4, isRgb ? 3 : 4];
    add(`${name}.weight`, [outputs, inputs, kernel, kernel]);
    add(`${name}.bias`, [outputs]);
    add(`${name}.magnitude_ema`, [], Float32Array.of(1));
    if (upTaps > 1) add(`${name}.up_filter`, [upTaps]);
    if (downTaps > 1) add(`${name}.down_filter`, isDownRadial ? [downTaps, downTaps] : [downTaps]);
    dense(`${name}.affine`, 4, inputs);
  });
  return tensorsInMemory(tensors);
}

describe('a StyleGAN3 state dict without settings', () => {
  it.each<[string, string, number, Metadata]>([
    ['T', 'StyleGAN3-T', 256, { num_layers: '14' }],
    ['R', 'StyleGAN3-R', 1024, { num_layers: '14', conv_kernel: '1', use_radial_filters: 'true' }],
    ['a short T', 'StyleGAN3-T', 32, { num_layers: '6' }],
    [
      'an R of few critical layers',
      'StyleGAN3-R',
      128,
      { num_layers: '10', num_critical: '1', conv_kernel: '1', use_radial_filters: 'true' },
    ],
  ])('%s is told by its tensors', (_what, title, resolution, settings) => {
    const found = fromStateDict(stateDict({ img_resolution: String(resolution), ...settings }), 'a file')!;
    expect(titleOf(found)).toBe(`${title}, ${resolution} x ${resolution} pixels`);
    expect(missingParts(found)).toEqual([]);
    expect(found.notes).toEqual([expect.stringMatching(/does not say its settings.*defaults of the public code/)]);
    expect(found.tensors.metadata).toMatchObject({ img_resolution: String(resolution), ...settings });
  });

  it.each<[string, TensorFile]>([
    ['another margin', stateDict({ img_resolution: '64', margin_size: '12' })],
    ['another first cutoff', stateDict({ img_resolution: '64', first_cutoff: '4' })],
    ['longer filters', stateDict({ img_resolution: '64', filter_size: '8' })],
    ['names without sizes', stateDict({ img_resolution: '64' }, (i) => `L${i}`)],
    ['names of sizes that no picture has', stateDict({ img_resolution: '64' }, (i) => `L${i}_999999_4`)],
    ['a missing layer', stateDict({ img_resolution: '64' }, (i, size) => `L${i > 4 ? i + 1 : i}_${size}_4`)],
  ])('of %s is refused in a sentence that says what to do', (_what, file) => {
    const found = fromStateDict(file, 'a file')!;
    expect(missingParts(found)).toEqual([
      'its settings are not in the file, and its sizes are not those of the public code’s defaults. Import the .pkl that it comes from.',
    ]);
    expect(`${titleOf(found)} ${found.notes}`).not.toMatch(/NaN|undefined|null/);
  });

  it('is taken as its metadata say, where it has some', () => {
    const settings = { img_resolution: '64', margin_size: '12', first_cutoff: '4' };
    const found = fromStateDict({ ...stateDict(settings), metadata: { format: 'pt', ...settings } }, 'a file')!;
    expect(missingParts(found)).toEqual([]);
    expect(found.tensors.metadata).toEqual(settings);
  });

  it.each(['nonsense', '-1', '0', 'None', '1e9'])('is refused where these say img_resolution = %s', (size) => {
    const file = { ...stateDict({ img_resolution: '64' }, (i) => `L${i}`), metadata: { img_resolution: size } };
    const found = fromStateDict(file, 'this file')!;
    expect(missingParts(found)).toEqual([expect.stringContaining(`img_resolution is ${size}`)]);
    expect(titleOf(found)).not.toContain('NaN');
  });
});

describe.skipIf(!hasReference)('state dicts of public StyleGAN3s', async () => {
  const runtime = await startEngine('cpu');
  it.each([
    ['t', 'StyleGAN3-T'],
    ['r', 'StyleGAN3-R'],
  ])('%s gives the pictures of its pickle', async (kind, title) => {
    const opened = openWeights(sharedPath(`inputs/stylegan3-state-dict/stylegan3-${kind}-32.safetensors`));
    expect(recognise(opened)).toMatchObject({ title: `${title}, 32 x 32 pixels`, missing: [] });
    const found = findGenerator(opened)!;
    const generator = loadGenerator(found.architecture, found.tensors, 'a file');
    const expected = openSafetensors(referencePath(`stylegan3-${kind}-32.expected.safetensors`));
    const ws = constant(expected.read('wplus'), [1, generator.numWs, generator.wDim]);
    const graph = await runtime.compile({ outputs: { image: generator.synthesis(ws, []) } });
    expect(errorOfRange((await graph.run({})).image, expected.read('image_wplus'))).toBeLessThan(1e-5);
    opened.close();
  });
});
