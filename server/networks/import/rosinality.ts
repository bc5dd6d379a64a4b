import { RandomState } from '../../projection/random.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';
import { equalisedKernel, flat, scaled, toScalar, withoutLeading } from './conversions.ts';
import { type GeneratorImport, largestBlock } from './generator-import.ts';
import { MappedTensors, type Rule } from './mapped-tensors.ts';

/** The n-th convolution after the first block. */
const layerName = (index: string): string => `synthesis.b${8 * 2 ** (Number(index) >> 1)}.conv${Number(index) % 2}`;
const rgbName = (index: string): string => `synthesis.b${8 * 2 ** Number(index)}`;

/** A layer's tensors, without its prefix. */
const layerRules = (prefix: string, to: (index: string) => string): Rule[] => [
  { pattern: new RegExp(`^${prefix}\\.conv\\.weight$`), to: (i) => `${to(i)}.weight`, convert: equalisedKernel },
  // Their filters hold the gain of doubling.
  {
    pattern: new RegExp(`^${prefix}\\.conv\\.blur\\.kernel$`),
    to: (i) => `${to(i)}.resample_filter`,
    convert: scaled(1 / 4),
  },
  { pattern: new RegExp(`^${prefix}\\.conv\\.modulation\\.weight$`), to: (i) => `${to(i)}.affine.weight` },
  { pattern: new RegExp(`^${prefix}\\.conv\\.modulation\\.bias$`), to: (i) => `${to(i)}.affine.bias` },
  { pattern: new RegExp(`^${prefix}\\.noise\\.weight$`), to: (i) => `${to(i)}.noise_strength`, convert: toScalar },
  { pattern: new RegExp(`^${prefix}\\.activate\\.bias$`), to: (i) => `${to(i)}.bias`, convert: flat },
];

const rgbRules = (prefix: string, to: (index: string) => string): Rule[] => [
  {
    pattern: new RegExp(`^${prefix}\\.conv\\.weight$`),
    to: (i) => `${to(i)}.torgb.weight`,
    convert: withoutLeading(1),
  },
  { pattern: new RegExp(`^${prefix}\\.conv\\.modulation\\.weight$`), to: (i) => `${to(i)}.torgb.affine.weight` },
  { pattern: new RegExp(`^${prefix}\\.conv\\.modulation\\.bias$`), to: (i) => `${to(i)}.torgb.affine.bias` },
  { pattern: new RegExp(`^${prefix}\\.bias$`), to: (i) => `${to(i)}.torgb.bias`, convert: flat },
  {
    pattern: new RegExp(`^${prefix}\\.upsample\\.kernel$`),
    to: (i) => `${to(i)}.resample_filter`,
    convert: scaled(1 / 4),
  },
];

const rules: readonly Rule[] = [
  { pattern: /^style\.(\d+)\.(weight|bias)$/, to: (n, what) => `mapping.fc${Number(n) - 1}.${what}` },
  { pattern: /^input\.input$/, to: () => 'synthesis.b4.const', convert: withoutLeading(1) },
  ...layerRules('conv1', () => 'synthesis.b4.conv1'),
  ...layerRules('convs\\.(\\d+)', layerName),
  ...rgbRules('to_rgb1', () => 'synthesis.b4'),
  ...rgbRules('to_rgbs\\.(\\d+)', rgbName),
  { pattern: /^noises\.noise_0$/, to: () => 'synthesis.b4.conv1.noise_const', convert: withoutLeading(2) },
  {
    pattern: /^noises\.noise_(\d+)$/,
    to: (n) => `${layerName(String(Number(n) - 1))}.noise_const`,
    convert: withoutLeading(2),
  },
];

/**
 * A generator of rosinality/stylegan2-pytorch (and of the encoders built on it) from its state dict; `average` holds
 * the mean latent as `latent_avg` where the file has one.
 */
export function fromRosinality(file: TensorFile, source: string, average: TensorFile): GeneratorImport | undefined {
  if (!file.tensors.has('input.input') || !file.tensors.has('conv1.conv.modulation.weight')) return undefined;
  const tensors = new MappedTensors(source, { mapping_lr_multiplier: '0.01' });
  tensors.addByRules(file, rules);
  const shape = average.tensors.get('latent_avg')?.shape;
  if (shape !== undefined) {
    const wDim = shape[shape.length - 1];
    // Encoders repeat the mean for every layer.
    tensors.add('mapping.w_avg', [wDim], () => average.read('latent_avg').slice(0, wDim));
  }
  const drawn = addNoise(tensors);
  return {
    architecture: 'stylegan2',
    title: 'StyleGAN2 (PyTorch, rosinality)',
    resolution: largestBlock(tensors.tensors),
    settings: {},
    notes:
      drawn > 0 ? [`The file has no noise maps: ${drawn} were drawn at random, and stay the same from now on.`] : [],
    tensors,
  };
}

/** Early versions stored no noise, and drew it anew for each picture: any map will do, if it stays the same. Returns how many were missing. */
function addNoise(tensors: MappedTensors): number {
  let drawn = 0;
  for (const [name] of [...tensors.tensors]) {
    const layer = /^synthesis\.b(\d+)\.conv(\d)\.noise_strength$/.exec(name);
    const map = name.replace(/noise_strength$/, 'noise_const');
    if (!layer || tensors.tensors.has(map)) continue;
    const size = Number(layer[1]);
    const seed = 2 * size + Number(layer[2]);
    tensors.add(map, [size, size], () => new RandomState(seed).normals(size * size));
    drawn++;
  }
  return drawn;
}
