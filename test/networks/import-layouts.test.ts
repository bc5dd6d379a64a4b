import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFacePack } from '../../server/networks/face-pack.ts';
import { importPack } from '../../server/networks/import/import-pack.ts';
import { defaultPack } from '../../server/paths.ts';
import { openWeights } from '../../server/weights/open-weights.ts';
import { openSafetensors } from '../../server/weights/safetensors.ts';
import type { TensorFile } from '../../server/weights/tensor-file.ts';
import { hasReference, referencePath } from '../reference.ts';
import { dict, type Item, object } from '../weights/pickle-writer.ts';
import { scratchFolder } from '../weights/scratch.ts';
import { nvidiaModule, type TorchData, torchLegacy, torchZip, type View } from '../weights/torch-writer.ts';

const scratch = scratchFolder();

type ToTensor = (view: View) => Item;

/** The tensors of a file under other names. */
const state = (file: TensorFile, tensor: ToTensor, rename = (name: string) => name): Item =>
  dict(
    Object.fromEntries(
      [...file.tensors].map(([name, { shape }]): [string, Item] => [
        rename(name),
        tensor({ storage: { type: 'FloatStorage', data: file.read(name) }, shape }),
      ]),
    ),
  );

const few = (tensor: ToTensor): Item =>
  dict({
    'input_layer.0.weight': tensor({ storage: { type: 'FloatStorage', data: new Float32Array(9) }, shape: [9] }),
  });

/** A module of stylegan2-ada-pytorch with all of its tensors in itself. */
const wholeModule = (file: TensorFile, tensor: ToTensor): Item =>
  nvidiaModule('Generator', {
    _parameters: state(file, tensor),
    _buffers: dict({}),
    _modules: dict({}),
    _init_kwargs: dict({}),
  });

describe.skipIf(!hasReference)('the files that public code writes around a generator', () => {
  const rosinality = (use: (g: TensorFile, average: Float32Array) => TorchData): TorchData => {
    const opened = openWeights(referencePath('rosinality-32.pt'));
    if (opened.kind !== 'checkpoint') throw new Error('the reference is no checkpoint');
    return use(opened.groups.get('g_ema')!, opened.loose.read('latent_avg'));
  };
  /** The mean, repeated for each of the eight layers, as encoders store it. */
  const repeated = (average: Float32Array, tensor: ToTensor): Item => {
    const data = Float32Array.from({ length: 8 * average.length }, (_, i) => average[i % average.length]);
    return tensor({ storage: { type: 'FloatStorage', data }, shape: [8, average.length] });
  };
  const encoder = (options: Item): TorchData =>
    rosinality((g, average) => (tensor) => {
      const decoder = state(g, tensor, (name) => `decoder.${name}`) as Map<Item, Item>;
      return dict({
        state_dict: new Map<Item, Item>([['encoder.input_layer.0.weight', few(tensor)], ...decoder]),
        latent_avg: repeated(average, tensor),
        opts: options,
      });
    });
  const nvidia = (use: (g: TensorFile) => TorchData): TorchData =>
    use(openSafetensors(referencePath('stylegan2-32.weights.safetensors')));

  const layouts: [string, () => Buffer, 'rosinality' | 'nvidia'][] = [
    ['e4e: encoder and decoder in one dict', () => torchZip(encoder(dict({ stylegan_size: 32 }))), 'rosinality'],
    [
      'pSp: options as a Namespace, before PyTorch 1.6',
      () => torchLegacy(encoder(object('argparse', 'Namespace', dict({ stylegan_size: 32 })))),
      'rosinality',
    ],
    [
      'a training checkpoint: other networks and optimisers beside it',
      () =>
        torchZip(
          rosinality(
            (g, average) => (tensor) =>
              dict({
                d: few(tensor),
                g_optim: dict({
                  state: dict({ 0: few(tensor) }),
                  param_groups: [dict({ lr: 0.002, betas: [0, 0.99] })],
                }),
                g_ema: state(g, tensor),
                latent_avg: tensor({ storage: { type: 'FloatStorage', data: average }, shape: [average.length] }),
                ada_aug_p: 0.2,
              }),
          ),
        ),
      'rosinality',
    ],
    [
      "DataParallel: every name begins with 'module.'",
      () =>
        torchZip(
          rosinality(
            (g, average) => (tensor) =>
              dict({
                g_ema: state(g, tensor, (name) => `module.${name}`),
                latent_avg: tensor({ storage: { type: 'FloatStorage', data: average }, shape: [average.length] }),
              }),
          ),
        ),
      'rosinality',
    ],
    [
      "PTI's tuned generator: one module of NVIDIA's in PyTorch's archive",
      () => torchZip(nvidia((g) => (tensor) => wholeModule(g, tensor))),
      'nvidia',
    ],
    ['a state dict of G_ema', () => torchZip(nvidia((g) => (tensor) => dict({ G_ema: state(g, tensor) }))), 'nvidia'],
  ];

  it.each(layouts)('%s', async (_, make, kind) => {
    const file = scratch.file('layout.pt', make());
    const folder = join(scratch.folder, 'packs', 'x');
    const progress = () => ({ update() {}, done() {} });
    const options = { file, name: 'x', folder, perceptualFrom: defaultPack, replace: true, progress };
    // State dicts of NVIDIA's, and modules without their layers, do not say whether they clamp.
    const notes = kind === 'nvidia' ? [expect.stringContaining('conv_clamp')] : [];
    expect(await importPack(options)).toMatchObject({ notes });
    const { generator } = loadFacePack(folder);
    const reference = openWeights(referencePath(kind === 'nvidia' ? 'stylegan2-32.pkl' : 'rosinality-32.pt'));
    const average =
      reference.kind === 'checkpoint'
        ? reference.loose.read('latent_avg')
        : reference.tensors.read('G_ema.mapping.w_avg');
    reference.close();
    expect(generator).toMatchObject({ resolution: 32, numWs: 8 });
    expect(generator.wAvg).toEqual(average);
  });
});
