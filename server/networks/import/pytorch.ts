import type { OpenedModule } from '../../weights/opened-weights.ts';
import type { Plain } from '../../weights/plain.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';
import { stylegan3Keys } from '../stylegan3-plan.ts';
import { type GeneratorImport, largestBlock } from './generator-import.ts';
import { MappedTensors, type Rule } from './mapped-tensors.ts';

type Settings = { readonly [name: string]: Plain };

/** Names stay; StyleGAN3's layers lose the sizes in their names. */
const rules: readonly Rule[] = [
  { pattern: /^synthesis\.(L\d+)_\d+_\d+\.(.+)$/, to: (layer, rest) => `synthesis.${layer}.${rest}` },
  { pattern: /^((?:mapping|synthesis)\..+)$/, to: (name) => name },
];

/** A generator of stylegan2-ada-pytorch or stylegan3, from its module. */
export const fromModule = ({ root, tensors }: OpenedModule, source: string): GeneratorImport | undefined =>
  fromStateDict(tensors, source, settingsOf(root.kwargs));

/** The same from a state dict: what the names do not tell comes from the settings. */
export function fromStateDict(file: TensorFile, source: string, settings: Settings): GeneratorImport | undefined {
  const isThird = file.tensors.has('synthesis.input.freqs');
  if (!isThird && !file.tensors.has('synthesis.b4.const')) return undefined;
  const keys = ['mapping_lr_multiplier', ...(isThird ? stylegan3Keys : ['conv_clamp'])];
  const given = keys.filter((key) => key in settings);
  // Python's None: trained without. Networks that say nothing were made with the public code's default.
  const metadata = Object.fromEntries(given.map((key) => [key, String(settings[key] ?? 0)]));
  const tensors = new MappedTensors(source, metadata);
  tensors.addByRules(file, rules);
  const resolution = isThird ? Number(metadata.img_resolution) : largestBlock(tensors.tensors);
  const isRotating = isThird && metadata.conv_kernel === '1';
  return {
    architecture: isThird ? 'stylegan3' : 'stylegan2',
    title: isThird ? `StyleGAN3-${isRotating ? 'R' : 'T'}` : 'StyleGAN2 (PyTorch, NVIDIA)',
    resolution,
    settings,
    notes: [],
    tensors,
  };
}

/** The constructor's arguments in one level; of the mapping's, all but the multiplier show in its tensors. */
function settingsOf({ mapping_kwargs: mapping, synthesis_kwargs: synthesis, ...own }: Settings): Settings {
  const { lr_multiplier: multiplier } = record(mapping);
  return {
    ...own,
    ...record(synthesis),
    ...(multiplier === undefined ? {} : { mapping_lr_multiplier: multiplier }),
  };
}

const record = (value: Plain | undefined): Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Settings) : {};
