import { describe, expect, it } from 'vitest';
import { randomStyleGan2, tensorsInMemory } from '../../server/bench/random-networks.ts';
import { constant, input } from '../../server/graph/ops.ts';
import { loadGenerator } from '../../server/networks/architectures.ts';
import type { Generator } from '../../server/networks/generator.ts';
import { findGenerator } from '../../server/networks/import/find-generator.ts';
import { type GeneratorImport, missingParts } from '../../server/networks/import/generator-import.ts';
import { isKnownSetting } from '../../server/networks/import/known-settings.ts';
import { fromModule } from '../../server/networks/import/pytorch.ts';
import { fromTensorflow } from '../../server/networks/import/tensorflow.ts';
import { RandomState } from '../../server/projection/random.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';
import { openWeights } from '../../server/weights/open-weights.ts';
import type { ModuleNode } from '../../server/weights/persistent-modules.ts';
import type { Plain } from '../../server/weights/plain.ts';
import { openSafetensors } from '../../server/weights/safetensors.ts';
import type { Tensor, TensorFile } from '../../server/weights/tensor-file.ts';
import { errorOfRange, hasReference, referencePath, relativeL2, sharedPath } from '../reference.ts';
import { dict } from '../weights/pickle-writer.ts';
import { scratchFolder } from '../weights/scratch.ts';
import { torchPickle, torchZip } from '../weights/torch-writer.ts';
import { type Change, moduleTree, pickledModule, where } from './nvidia-module.ts';

const scratch = scratchFolder();
const runtime = await startEngine('cpu');

const sizes = { channelBase: 64, channelMax: 6, wDim: 8, mappingLayers: 2 };
const small = randomStyleGan2({ resolution: 8, ...sizes });

/** Other numbers in some tensors; undefined leaves one out, new ones are of one number each. */
function altered(file: TensorFile, change: (name: string, data: Float32Array) => Float32Array | undefined): TensorFile {
  const tensors = [...file.tensors].flatMap(([name, { shape }]): [string, Tensor][] => {
    const data = change(name, file.read(name));
    return data ? [[name, { shape, data }]] : [];
  });
  return tensorsInMemory(new Map(tensors));
}
const times = (pattern: RegExp, factor: number) => (file: TensorFile) =>
  altered(file, (name, data) => (pattern.test(name) ? data.map((x) => x * factor) : data));

const imported = (file: TensorFile, change?: Change, kwargs = {}): GeneratorImport => {
  const found = fromModule(moduleTree(file, change, kwargs), file, 'a file');
  if (!found) throw new Error('no generator was found');
  return found;
};
const load = ({ architecture, tensors }: GeneratorImport): Generator => loadGenerator(architecture, tensors, 'a file');

/** A face of a random z: [w, picture]. */
async function face(generator: Generator): Promise<[Float32Array, Float32Array]> {
  const { zDim, wDim, numWs, noiseMaps } = generator;
  const maps = noiseMaps.map(({ size, stored }) => constant(stored, [1, 1, size, size]));
  const graph = await runtime.compile({
    outputs: {
      w: generator.mapping(input('z', [1, zDim])),
      image: generator.synthesis(input('ws', [1, numWs, wDim]), maps),
    },
  });
  const random = new RandomState(4);
  const { w, image } = await graph.run({ z: random.normals(zDim), ws: random.normals(numWs * wDim) });
  await graph.dispose();
  return [w, image];
}

async function expectSame(a: Generator, b: Generator): Promise<void> {
  const [[w, image], [wantedW, wantedImage]] = [await face(a), await face(b)];
  expect(relativeL2(w, wantedW)).toBeLessThan(1e-5);
  expect(errorOfRange(image, wantedImage)).toBeLessThan(1e-5);
}

const plain = (file: TensorFile, metadata: Record<string, string> = {}): Generator =>
  loadGenerator('stylegan2', { ...file, metadata }, 'a file');

describe('what the layers of a StyleGAN2 say', () => {
  it('changes nothing where they are as the public code makes them', async () => {
    const found = imported(small);
    expect(found).toMatchObject({ notes: [], problems: [] });
    await expectSame(load(found), plain(small));
  });

  it.each<[string, Change, object, number | null]>([
    ['a clamp that is a default of the code', where(/conv|torgb/, { conv_clamp: 0.5 }), {}, 0.5],
    [
      'a clamp over the arguments',
      where(/conv|torgb/, { conv_clamp: 0.5 }),
      { synthesis_kwargs: { conv_clamp: 7 } },
      0.5,
    ],
    ['no clamp over the arguments', where(/none/, {}), { synthesis_kwargs: { conv_clamp: 0.5 } }, null],
  ])('%s', async (_what, change, kwargs, clamp) => {
    const found = imported(small, change, kwargs);
    const wanted = plain(small, clamp === null ? {} : { conv_clamp: String(clamp) });
    await expectSame(load(found), wanted);
    const [, image] = await face(wanted);
    const [, other] = await face(plain(small, clamp === null ? { conv_clamp: '0.5' } : {}));
    expect(errorOfRange(image, other)).toBeGreaterThan(0.01);
  });

  it('takes the arguments where the layers are silent, and says so where these are silent too', () => {
    const silent: Change = (_, { conv_clamp: _clamp, ...own }) => own;
    const { tensors, notes } = imported(small, silent, { synthesis_kwargs: { conv_clamp: 0.5 } });
    expect([tensors.metadata.conv_clamp, notes]).toEqual(['0.5', []]);
    expect(imported(small, silent).notes).toEqual([expect.stringMatching(/conv_clamp.*none is assumed.*pack\.yaml/)]);
  });

  it('a clamp of one layer alone, and none of one layer alone', async () => {
    const one = imported(small, where(/^synthesis\.b8\.conv1$/, { conv_clamp: 0.25 }));
    await expectSame(load(one), plain(small, { 'synthesis.b8.conv1.conv_clamp': '0.25' }));
    const none = imported(small, (name, own) =>
      where(/^synthesis\.b8\.torgb$/, { conv_clamp: null })(name, where(/conv|torgb/, { conv_clamp: 0.05 })(name, own)),
    );
    expect(none.tensors.metadata).toMatchObject({ conv_clamp: '0.05', 'synthesis.b8.torgb.conv_clamp': '' });
    const [, all] = await face(plain(small, { conv_clamp: '0.05' }));
    const [, image] = await face(load(none));
    expect(errorOfRange(image, all)).toBeGreaterThan(0.01);
  });

  it.each<[string, Change, (file: TensorFile) => TensorFile]>([
    [
      'the gain of an affine layer',
      where(/b8\.conv0\.affine$/, { weight_gain: 0.9 }),
      times(/b8\.conv0\.affine\.weight/, 0.9 * Math.sqrt(8)),
    ],
    ['the gain of its bias', where(/b8\.conv0\.affine$/, { bias_gain: 3 }), times(/b8\.conv0\.affine\.bias/, 3)],
    ['the gain of toRGB', where(/b4\.torgb$/, { weight_gain: 0.9 }), times(/b4\.torgb\.weight/, 0.9 * Math.sqrt(6))],
    [
      'the gain of one mapping layer',
      where(/fc1$/, { weight_gain: 0.9, bias_gain: 0.5 }),
      (file) => times(/fc1\.bias/, 50)(times(/fc1\.weight/, 90 * Math.sqrt(8))(file)),
    ],
    [
      'a layer without noise',
      where(/b8\.conv1$/, { use_noise: false }),
      (file) => altered(file, (name, data) => (/b8\.conv1\.noise/.test(name) ? undefined : data)),
    ],
  ])('%s', async (_what, change, wanted) => {
    const isWithoutNoise = _what.includes('noise');
    const found = imported(isWithoutNoise ? wanted(small) : small, change);
    expect(missingParts(found)).toEqual([]);
    await expectSame(load(found), plain(wanted(small)));
    if (isWithoutNoise) expect(load(found).noiseMaps.map(({ name }) => name)).not.toContain('b8.conv1.noise_const');
    const [[w, image], [plainW, plainImage]] = [await face(load(found)), await face(plain(small))];
    expect(relativeL2(w, plainW) + errorOfRange(image, plainImage)).toBeGreaterThan(1e-3);
  });

  it('the learning rate of the whole mapping', async () => {
    const gain = { weight_gain: 0.1 / Math.sqrt(8), bias_gain: 0.1 };
    const found = imported(small, where(/^mapping\.fc/, gain), { mapping_kwargs: { lr_multiplier: 0.01 } });
    await expectSame(load(found), plain(small, { mapping_lr_multiplier: '0.1' }));
  });

  it('the gain of an activation', async () => {
    const one = randomStyleGan2({ resolution: 4, ...sizes });
    const found = imported(one, where(/b4\.conv1$/, { act_gain: 3 * Math.SQRT2 }));
    await expectSame(load(found), plain(times(/torgb\.weight/, 3)(one)));
  });

  it('the branches of a residual network: gains, and a clamp of their own', async () => {
    const shape = [6, 6, 1, 1];
    const skip = new Map<string, Tensor>([
      ['synthesis.b8.skip.weight', { shape, data: new RandomState(1).normals(36) }],
    ]);
    const both = [...small.tensors].map(([name, info]): [string, Tensor] => [
      name,
      { ...info, data: small.read(name) },
    ]);
    const residual = tensorsInMemory(new Map([...both, ...skip]));
    await expectSame(load(imported(residual)), plain(residual));
    const louder = imported(residual, where(/skip$/, { weight_gain: 1, act_gain: 2 }));
    await expectSame(load(louder), plain(times(/skip\.weight/, 2 * Math.sqrt(6))(residual)));
    const clamped = imported(residual, where(/skip$/, { conv_clamp: 0.1 }));
    await expectSame(load(clamped), plain(residual, { 'synthesis.b8.skip.conv_clamp': '0.1' }));
    expect(errorOfRange((await face(load(clamped)))[1], (await face(plain(residual)))[1])).toBeGreaterThan(1e-3);
  });

  it.each<[string, Change, RegExp]>([
    [
      'an activation',
      where(/b8\.conv0$/, { activation: 'swish' }),
      /synthesis\.b8\.conv0 has activation = "swish".*"lrelu"/,
    ],
    ['an activation of the mapping', where(/fc1$/, { activation: 'relu' }), /mapping\.fc1 has activation/],
    ['a doubling that is none', where(/b8\.conv0$/, { up: 1 }), /b8\.conv0 has up = 1/],
    ['a doubling by four', where(/b8\.conv0$/, { up: 4 }), /b8\.conv0 has up = 4/],
    ['a border', where(/b8\.conv1$/, { padding: 0 }), /b8\.conv1 has padding = 0/],
    ['colours', where(/^synthesis$/, { img_channels: 96 }), /synthesis has img_channels = 96/],
  ])('refuses in a sentence what it does not draw: %s', (_what, change, words) => {
    const [problem, ...more] = missingParts(imported(small, change));
    expect(more).toEqual([]);
    expect(problem).toMatch(words);
    expect(problem).toMatch(/[^.]\.$/);
  });

  it('names settings that it does not know', () => {
    expect(imported(small, where(/conv0$/, { attention: true })).notes).toEqual([
      'Its layers have settings that this program does not know and leaves out: attention.',
    ]);
  });

  it('reads a long filter that is stored as one axis', async () => {
    const taps = Float32Array.of(1, 3, 3, 1).map((x) => x / 8);
    const tensors = [...small.tensors].map(([name, info]): [string, Tensor] => [
      name,
      { ...info, data: small.read(name) },
    ]);
    const filters = ['b8', 'b8.conv0'].map((name): [string, Tensor] => [
      `synthesis.${name}.resample_filter`,
      { shape: [4], data: taps },
    ]);
    await expectSame(load(imported(tensorsInMemory(new Map([...tensors, ...filters])))), plain(small));
  });

  it('reads all of it from a pickle', async () => {
    const tree = moduleTree(small, where(/conv|torgb/, { conv_clamp: 0.5 }));
    const file = scratch.file(
      'network.pkl',
      torchPickle((tensor) => pickledModule(tree, small, tensor)),
    );
    const opened = openWeights(file);
    const found = findGenerator(opened)!;
    expect(found).toMatchObject({ notes: [], problems: [] });
    await expectSame(load(found), plain(small, { conv_clamp: '0.5' }));
    opened.close();
  });

  it('reads all of it from a module deep in a checkpoint', async () => {
    const tree = moduleTree(small, where(/conv|torgb/, { conv_clamp: 0.5 }));
    const make = (tensor: Parameters<typeof pickledModule>[2]) =>
      dict({ epoch: 3, state: dict({ networks: dict({ G_ema: pickledModule(tree, small, tensor) }) }) });
    const opened = openWeights(scratch.file('checkpoint.pt', torchZip(make)));
    expect(opened.kind).toBe('checkpoint');
    const found = findGenerator(opened)!;
    expect(found).toMatchObject({ notes: [], problems: [] });
    await expectSame(load(found), plain(small, { conv_clamp: '0.5' }));
    opened.close();
  });
});

const pickles = [
  'stylegan2-32',
  'stylegan2-32-conditional',
  'stylegan2-64-resnet',
  'stylegan2-128-wide',
  'stylegan3-t-32',
  'stylegan3-r-32',
];

const open = <T>(path: string, use: (root: ModuleNode, tensors: TensorFile) => T): T => {
  const opened = openWeights(path);
  try {
    if (opened.kind !== 'modules') throw new Error(`${path} has no modules`);
    const { root, tensors } = opened.modules.get('G_ema')!;
    return use(root, tensors);
  } finally {
    opened.close();
  }
};

const nodes = (node: ModuleNode): ModuleNode[] => [node, ...[...node.children.values()].flatMap(nodes)];

describe.skipIf(!hasReference)('what the layers of public files say', () => {
  it.each(pickles)('%s: every setting is known and drawn', (name) => {
    open(referencePath(`${name}.pkl`), (root, tensors) => {
      const settings = nodes(root).flatMap(({ attributes }) => Object.keys(attributes));
      expect(settings.length).toBeGreaterThan(50);
      expect(settings.filter((setting) => !isKnownSetting(setting))).toEqual([]);
      expect(fromModule(root, tensors, name)).toMatchObject({ notes: [], problems: [] });
    });
  });

  it.each(['stylegan3-t-32', 'stylegan3-r-32'])('%s: all numbers of all layers are obeyed', (name) => {
    open(referencePath(`${name}.pkl`), (root, tensors) => {
      const changed = (layer: string, attributes: Record<string, unknown>): GeneratorImport => {
        const change = (node: ModuleNode, path: string): ModuleNode => ({
          ...node,
          attributes: (path === layer
            ? { ...node.attributes, ...attributes }
            : node.attributes) as ModuleNode['attributes'],
          children: new Map(
            [...node.children].map(([key, child]) => [key, change(child, path === '' ? key : `${path}.${key}`)]),
          ),
        });
        return fromModule(change(root, ''), tensors, name)!;
      };
      const [layer] = [...tensors.tensors.keys()]
        .filter((key) => key.startsWith('synthesis.L2_'))
        .map((key) => key.split('.').slice(0, 2).join('.'));
      const stored = (attributes: Record<string, unknown>, path = layer) => changed(path, attributes).tensors.metadata;
      expect(Object.keys(stored({})).filter((key) => key.includes('.'))).toEqual([]);
      expect(stored({ conv_clamp: 8 })['synthesis.L2.conv_clamp']).toBe('8');
      expect(stored({ conv_clamp: null })['synthesis.L2.conv_clamp']).toBe('');
      expect(stored({ up_factor: 8 })['synthesis.L2.up_factor']).toBe('8');
      expect(stored({ down_factor: 4 })['synthesis.L2.down_factor']).toBe('4');
      expect(stored({ up_taps: 16 })['synthesis.L2.up_taps']).toBe('16');
      expect(stored({ down_taps: 16 })['synthesis.L2.down_taps']).toBe('16');
      expect(stored({ padding: [1, 2, 1, 2] })).toMatchObject({
        'synthesis.L2.padding_before': '1',
        'synthesis.L2.padding_after': '2',
      });
      expect(stored({ bandwidth: 3, sampling_rate: 32, size: [52, 52] }, 'synthesis.input')).toMatchObject({
        ...{ 'synthesis.input.bandwidth': '3', 'synthesis.input.sampling_rate': '32', 'synthesis.input.size': '52' },
      });
      expect(stored({ output_scale: 1 }, 'synthesis').output_scale).toBe('1');
      expect(stored({ conv_clamp: 8, magnitude_ema_beta: 0.5, use_fp16: false })).toEqual(stored({ conv_clamp: 8 }));
      expect(changed(layer, { padding: [1, 2, 3, 4] }).problems).toEqual([expect.stringContaining('is not square')]);
      expect(changed(layer, { is_torgb: true }).problems).toEqual([expect.stringContaining('has is_torgb = true')]);
    });
  });

  it.each<[string, string, string, Record<string, Plain>, object]>([
    ['stylegan2-tf-32.pkl', 'mapping', 'mapping_lrmul', { mapping_lrmul: 0.5 }, { mapping_lr_multiplier: '0.5' }],
    ['stylegan2-tf-32.pkl', 'synthesis', 'conv_clamp', { conv_clamp: 64 }, { conv_clamp: '64' }],
    ['stylegan1-tf-128.pkl', 'synthesis', 'fused_scale', { fused_scale: true }, { fused_scale: 'true' }],
    ['stylegan2-tf-32.pkl', 'synthesis', 'nonlinearity', { nonlinearity: 'relu' }, {}],
    ['stylegan1-tf-128.pkl', 'synthesis', 'blur_filter', { blur_filter: [1, 3, 3, 1] }, {}],
    ['stylegan1-tf-128.pkl', 'mapping', 'normalize_latents', { normalize_latents: false }, {}],
  ])('%s: what its part %s was built with wins: %s', (name, part, key, kwargs, metadata) => {
    const opened = openWeights(referencePath(name));
    if (opened.kind !== 'tensorflow-networks') throw new Error(`${name} is not of TensorFlow`);
    const { root, tensors } = opened.networks.at(-1)!;
    const before = root.components.get(part)!;
    const components = new Map([...root.components, [part, { ...before, kwargs: { ...before.kwargs, ...kwargs } }]]);
    const found = fromTensorflow({ root: { ...root, components }, tensors }, name)!;
    expect(found.tensors.metadata).toMatchObject(metadata);
    const refused = Object.keys(metadata).length === 0 ? [expect.stringContaining(`it has ${key} = `)] : [];
    expect(found.problems).toEqual(refused);
    opened.close();
  });

  it('a StyleGAN2 that the code of StyleGAN3 wrote gives its pictures', async () => {
    const folder = sharedPath('inputs/stylegan2-of-stylegan3/');
    const opened = openWeights(`${folder}loud-sg3repo.pkl`);
    const generator = load(findGenerator(opened)!);
    const { numWs, wDim, noiseMaps } = generator;
    const maps = noiseMaps.map(({ size, stored }) => constant(stored, [1, 1, size, size]));
    const graph = await runtime.compile({
      outputs: { image: generator.synthesis(input('ws', [1, numWs, wDim]), maps) },
    });
    const ws = openSafetensors(referencePath('stylegan2-128-wide.expected.safetensors')).read('wplus');
    const { image } = await graph.run({ ws });
    expect(errorOfRange(image, openSafetensors(`${folder}expected.safetensors`).read('image'))).toBeLessThan(1e-5);
    opened.close();
  });
});
