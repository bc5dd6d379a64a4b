import type { OpenedTensorflowNetwork } from '../../weights/opened-weights.ts';
import type { Plain } from '../../weights/plain.ts';
import type { TensorflowNetwork } from '../../weights/tensorflow-networks.ts';
import { separableFilter } from '../resample.ts';
import { flat, kernel, matrix, raised, scaled, withoutLeading } from './conversions.ts';
import { type GeneratorImport, largestBlock } from './generator-import.ts';
import { layouts } from './layouts.ts';
import { MappedTensors, type Rule } from './mapped-tensors.ts';

/** 'Conv0_up' -> 'conv0', 'Const' (which StyleGAN 2018 gives noise and style) -> 'conv0', the others 'conv1'. */
const layerName = (size: string, layer: string): string =>
  `synthesis.b${size}.${layer === 'Conv0_up' || layer === 'Const' ? 'conv0' : 'conv1'}`;

const common: readonly Rule[] = [
  { pattern: /^dlatent_avg$/, to: () => 'mapping.w_avg' },
  { pattern: /^mapping\/LabelConcat\/weight$/, to: () => 'mapping.label_concat.weight' },
  { pattern: /^mapping\/Dense(\d+)\/weight$/, to: (n) => `mapping.fc${n}.weight`, convert: matrix },
  { pattern: /^synthesis\/4x4\/Const\/const$/, to: () => 'synthesis.b4.const', convert: withoutLeading(1) },
];

const styleGan2Rules: readonly Rule[] = [
  ...common,
  { pattern: /^mapping\/Dense(\d+)\/bias$/, to: (n) => `mapping.fc${n}.bias` },
  { pattern: /^mapping\/LabelEmbed\/weight$/, to: () => 'mapping.embed.weight', convert: matrix },
  { pattern: /^mapping\/LabelEmbed\/bias$/, to: () => 'mapping.embed.bias' },
  { pattern: /^synthesis\/(\d+)x\d+\/ToRGB\/weight$/, to: (r) => `synthesis.b${r}.torgb.weight`, convert: kernel() },
  { pattern: /^synthesis\/(\d+)x\d+\/ToRGB\/bias$/, to: (r) => `synthesis.b${r}.torgb.bias` },
  {
    pattern: /^synthesis\/(\d+)x\d+\/ToRGB\/mod_weight$/,
    to: (r) => `synthesis.b${r}.torgb.affine.weight`,
    convert: matrix,
  },
  {
    pattern: /^synthesis\/(\d+)x\d+\/ToRGB\/mod_bias$/,
    to: (r) => `synthesis.b${r}.torgb.affine.bias`,
    convert: raised(1),
  },
  // What doubles the size is a transposed convolution here and a turned one there.
  { pattern: /^synthesis\/(\d+)x\d+\/Skip\/weight$/, to: (r) => `synthesis.b${r}.skip.weight`, convert: kernel(true) },
  {
    pattern: /^synthesis\/(\d+)x\d+\/(Conv0_up)\/weight$/,
    to: (r, l) => `${layerName(r, l)}.weight`,
    convert: kernel(true),
  },
  { pattern: /^synthesis\/(\d+)x\d+\/(Conv1?)\/weight$/, to: (r, l) => `${layerName(r, l)}.weight`, convert: kernel() },
  {
    pattern: /^synthesis\/(\d+)x\d+\/(Conv\w*)\/mod_weight$/,
    to: (r, l) => `${layerName(r, l)}.affine.weight`,
    convert: matrix,
  },
  {
    pattern: /^synthesis\/(\d+)x\d+\/(Conv\w*)\/mod_bias$/,
    to: (r, l) => `${layerName(r, l)}.affine.bias`,
    convert: raised(1),
  },
  {
    pattern: /^synthesis\/(\d+)x\d+\/(Conv\w*)\/(bias|noise_strength)$/,
    to: (r, l, what) => `${layerName(r, l)}.${what}`,
  },
  { pattern: /^synthesis\/noise0$/, to: () => 'synthesis.b4.conv1.noise_const', convert: withoutLeading(2) },
  {
    pattern: /^synthesis\/noise(\d+)$/,
    to: (n) => `synthesis.b${2 ** ((Number(n) + 5) >> 1)}.conv${(Number(n) + 1) % 2}.noise_const`,
    convert: withoutLeading(2),
  },
];

const layer2018 = String.raw`^synthesis\/(\d+)x\d+\/(Const|Conv\w*)\/`;

const styleGanRules: readonly Rule[] = [
  ...common,
  // Activations have a gain of sqrt(2) in our mapping; there it is in the weights alone, so that the bias must shrink.
  { pattern: /^mapping\/Dense(\d+)\/bias$/, to: (n) => `mapping.fc${n}.bias`, convert: scaled(Math.SQRT1_2) },
  { pattern: new RegExp(`${layer2018}weight$`), to: (r, l) => `${layerName(r, l)}.weight`, convert: kernel() },
  { pattern: new RegExp(`${layer2018}bias$`), to: (r, l) => `${layerName(r, l)}.bias` },
  { pattern: new RegExp(`${layer2018}Noise\\/weight$`), to: (r, l) => `${layerName(r, l)}.noise_strength` },
  {
    pattern: new RegExp(`${layer2018}StyleMod\\/weight$`),
    to: (r, l) => `${layerName(r, l)}.affine.weight`,
    convert: matrix,
  },
  // Factors are stored as what they differ from 1.
  {
    pattern: new RegExp(`${layer2018}StyleMod\\/bias$`),
    to: (r, l) => `${layerName(r, l)}.affine.bias`,
    convert: raised(1, 1 / 2),
  },
  { pattern: /^synthesis\/ToRGB_lod0\/weight$/, to: () => 'synthesis.torgb.weight', convert: kernel() },
  { pattern: /^synthesis\/ToRGB_lod0\/bias$/, to: () => 'synthesis.torgb.bias', convert: flat },
  {
    pattern: /^synthesis\/noise(\d+)$/,
    to: (n) => `synthesis.b${4 * 2 ** (Number(n) >> 1)}.conv${Number(n) % 2}.noise_const`,
    convert: withoutLeading(2),
  },
];

/** NVIDIA's TensorFlow StyleGAN2 and StyleGAN (2018). */
export function fromTensorflow(
  { root, tensors: file }: OpenedTensorflowNetwork,
  source: string,
): GeneratorImport | undefined {
  const isFirst = file.tensors.has(layouts.tensorflow2018.mark);
  if (!isFirst && !file.tensors.has(layouts.tensorflow.mark)) return undefined;
  const settings = settingsOf(root);
  const tensors = new MappedTensors(source, isFirst ? styleGanMetadata(settings) : styleGan2Metadata(settings));
  tensors.addByRules(file, isFirst ? styleGanRules : styleGan2Rules);
  if (!isFirst) addFilters(tensors, settings.resample_kernel);
  return {
    architecture: isFirst ? 'stylegan' : 'stylegan2',
    title: (isFirst ? layouts.tensorflow2018 : layouts.tensorflow).title,
    resolution: largestBlock(tensors.tensors),
    settings,
    notes: [],
    problems: problemsOf(settings, isFirst),
    tensors,
  };
}

type Settings = { readonly [name: string]: Plain };

/** What the parts were built with wins over what the whole was called with. */
const settingsOf = ({ kwargs, components }: TensorflowNetwork): Settings => ({
  ...kwargs,
  ...components.get('mapping')?.kwargs,
  ...components.get('synthesis')?.kwargs,
});

/** What this program draws; where a network says something else, it is refused. */
const required: Settings = {
  num_channels: 3,
  nonlinearity: 'lrelu',
  mapping_nonlinearity: 'lrelu',
  normalize_latents: true,
};
const requiredOfFirst: Settings = {
  ...required,
  ...{ use_styles: true, const_input_layer: true, use_noise: true, use_wscale: true, mapping_use_wscale: true },
  ...{ use_pixel_norm: false, use_instance_norm: true, blur_filter: [1, 2, 1] },
};

const problemsOf = (settings: Settings, isFirst: boolean): string[] =>
  Object.entries(isFirst ? requiredOfFirst : required).flatMap(([key, wanted]) => {
    const value = settings[key];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(wanted)) return [];
    return [`it has ${key} = ${JSON.stringify(value)}, and this program draws ${JSON.stringify(wanted)} only`];
  });

const styleGan2Metadata = (settings: Settings): Record<string, string> => ({
  mapping_lr_multiplier: String(settings.mapping_lrmul ?? 0.01),
  ...(typeof settings.conv_clamp === 'number' ? { conv_clamp: String(settings.conv_clamp) } : {}),
  ...(typeof settings.truncation_cutoff === 'number' ? { truncation_layers: String(settings.truncation_cutoff) } : {}),
});

const styleGanMetadata = (settings: Settings): Record<string, string> => ({
  mapping_lr_multiplier: String(settings.mapping_lrmul ?? 0.01),
  fused_scale: String(settings.fused_scale ?? 'auto'),
  // Pictures are truncated in their first layers only, so that details stay varied.
  truncation_layers: String(settings.truncation_cutoff ?? 8),
});

/** Resampling filters other than the usual one are a setting there, and tensors with us. */
function addFilters(tensors: MappedTensors, taps: Plain | undefined): void {
  if (!Array.isArray(taps) || !taps.every((tap) => typeof tap === 'number')) return;
  const filter = separableFilter(taps);
  for (const name of [...tensors.tensors.keys()]) {
    const owner = /^(synthesis\.b\d+\.(?:conv0|skip))\.weight$|^(synthesis\.b\d+)\.torgb\.weight$/.exec(name);
    const prefix = owner?.[1] ?? owner?.[2];
    if (prefix) tensors.add(`${prefix}.resample_filter`, [filter.size, filter.size], () => filter.taps);
  }
}
