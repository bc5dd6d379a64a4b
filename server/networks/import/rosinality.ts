import { RandomState } from '../../projection/random.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';
import { both, equalisedKernel, flat, scaled, toScalar, unequalised, withoutLeading } from './conversions.ts';
import { type GeneratorImport, largestBlock } from './generator-import.ts';
import { layouts } from './layouts.ts';
import { MappedTensors, type Rule } from './mapped-tensors.ts';

/** The n-th convolution after the first block. */
const layerName = (index: string): string => `synthesis.b${8 * 2 ** (Number(index) >> 1)}.conv${Number(index) % 2}`;
const rgbName = (index: string): string => `synthesis.b${8 * 2 ** Number(index)}`;

/** How a layout built on rosinality's differs from it. */
export interface Layout {
  readonly title: string;
  /** Learning rates and gains are folded into the weights, and sizes are doubled bilinearly (GFPGAN's "clean" code). */
  readonly isClean: boolean;
}

const noGain = scaled(Math.SQRT1_2);

/** A layer's tensors, without its prefix. */
const layerRules = (prefix: string, to: (index: string) => string, { isClean }: Layout): Rule[] => [
  {
    pattern: new RegExp(`^${prefix}\\.conv\\.weight$`),
    to: (i) => `${to(i)}.weight`,
    convert: isClean ? withoutLeading(1) : equalisedKernel,
  },
  // Their filters hold the gain of doubling.
  {
    pattern: new RegExp(`^${prefix}\\.conv\\.blur\\.kernel$`),
    to: (i) => `${to(i)}.resample_filter`,
    convert: scaled(1 / 4),
  },
  {
    pattern: new RegExp(`^${prefix}\\.conv\\.modulation\\.weight$`),
    to: (i) => `${to(i)}.affine.weight`,
    convert: isClean ? unequalised() : undefined,
  },
  { pattern: new RegExp(`^${prefix}\\.conv\\.modulation\\.bias$`), to: (i) => `${to(i)}.affine.bias` },
  {
    pattern: new RegExp(`^${prefix}\\.noise\\.weight$`),
    to: (i) => `${to(i)}.noise_strength`,
    convert: isClean ? both(toScalar, noGain) : toScalar,
  },
  {
    pattern: new RegExp(`^${prefix}\\.activate\\.bias$`),
    to: (i) => `${to(i)}.bias`,
    convert: isClean ? both(flat, noGain) : flat,
  },
];

const rgbRules = (prefix: string, to: (index: string) => string, { isClean }: Layout): Rule[] => [
  {
    pattern: new RegExp(`^${prefix}\\.conv\\.weight$`),
    to: (i) => `${to(i)}.torgb.weight`,
    convert: isClean ? both(withoutLeading(1), unequalised()) : withoutLeading(1),
  },
  {
    pattern: new RegExp(`^${prefix}\\.conv\\.modulation\\.weight$`),
    to: (i) => `${to(i)}.torgb.affine.weight`,
    convert: isClean ? unequalised() : undefined,
  },
  { pattern: new RegExp(`^${prefix}\\.conv\\.modulation\\.bias$`), to: (i) => `${to(i)}.torgb.affine.bias` },
  { pattern: new RegExp(`^${prefix}\\.bias$`), to: (i) => `${to(i)}.torgb.bias`, convert: flat },
  {
    pattern: new RegExp(`^${prefix}\\.upsample\\.kernel$`),
    to: (i) => `${to(i)}.resample_filter`,
    convert: scaled(1 / 4),
  },
];

/** In the clean code activations are layers of their own, so that every other index has weights. */
const styleRules = ({ isClean }: Layout): Rule[] =>
  isClean
    ? [
        {
          pattern: /^style\.(\d+)\.weight$/,
          to: (n) => `mapping.fc${(Number(n) - 1) / 2}.weight`,
          convert: unequalised(Math.SQRT1_2),
        },
        { pattern: /^style\.(\d+)\.bias$/, to: (n) => `mapping.fc${(Number(n) - 1) / 2}.bias`, convert: noGain },
      ]
    : [{ pattern: /^style\.(\d+)\.(weight|bias)$/, to: (n, what) => `mapping.fc${Number(n) - 1}.${what}` }];

const rulesOf = (layout: Layout): readonly Rule[] => [
  ...styleRules(layout),
  { pattern: /^input\.input$/, to: () => 'synthesis.b4.const', convert: withoutLeading(1) },
  ...layerRules('conv1', () => 'synthesis.b4.conv1', layout),
  ...layerRules('convs\\.(\\d+)', layerName, layout),
  ...rgbRules('to_rgb1', () => 'synthesis.b4', layout),
  ...rgbRules('to_rgbs\\.(\\d+)', rgbName, layout),
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
  if (!file.tensors.has(layouts.rosinality.mark) || !file.tensors.has('conv1.conv.modulation.weight')) return undefined;
  return fromRosinalityNames(file, source, average, { title: layouts.rosinality.title, isClean: false });
}

/** The same from tensors that have rosinality's names, in one of the layouts. */
export function fromRosinalityNames(
  file: TensorFile,
  source: string,
  average: TensorFile,
  layout: Layout,
): GeneratorImport {
  const metadata: Record<string, string> = layout.isClean
    ? { mapping_lr_multiplier: '1', upsampling: 'bilinear' }
    : { mapping_lr_multiplier: '0.01' };
  const tensors = new MappedTensors(source, metadata);
  tensors.addByRules(file, rulesOf(layout));
  const shape = average.tensors.get('latent_avg')?.shape;
  if (shape !== undefined) {
    const wDim = shape[shape.length - 1];
    // Encoders repeat the mean for every layer.
    tensors.add('mapping.w_avg', [wDim], () => average.read('latent_avg').slice(0, wDim));
  }
  const drawn = addNoise(tensors);
  return {
    architecture: 'stylegan2',
    title: layout.title,
    resolution: largestBlock(tensors.tensors),
    settings: {},
    notes:
      drawn > 0 ? [`The file has no noise maps: ${drawn} were drawn at random, and stay the same from now on.`] : [],
    problems: [],
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
