import type { TensorFile } from '../../weights/tensor-file.ts';
import type { GeneratorImport } from './generator-import.ts';
import { layouts } from './layouts.ts';
import { fromRosinalityNames, type Layout } from './rosinality.ts';
import { renamedView } from './views.ts';

/** BasicSR's names for the parts that rosinality's code names otherwise. */
const names: readonly (readonly [RegExp, string])[] = [
  [/^style_mlp\./, 'style.'],
  [/^constant_input\.weight$/, 'input.input'],
  [/^style_conv(1|s\.\d+)\.weight$/, 'conv$1.noise.weight'],
  [/^style_conv(1|s\.\d+)\.bias$/, 'conv$1.activate.bias'],
  [/^style_conv(1|s\.\d+)\./, 'conv$1.'],
  [/^noises\.noise(\d+)$/, 'noises.noise_$1'],
];

/**
 * A StyleGAN2 of BasicSR (as in the first GFPGAN) or of GFPGAN's "clean" code (GFPGAN 1.2 to 1.4), which folds the learning
 * rates into the weights and doubles sizes bilinearly. Restoration's modulations are left out: the decoder draws faces.
 */
export function fromBasicSr(file: TensorFile, source: string, average: TensorFile): GeneratorImport | undefined {
  if (!file.tensors.has(layouts.basicSr.mark) || !file.tensors.has('style_conv1.weight')) return undefined;
  const isClean = file.tensors.has('style_conv1.bias');
  const layout: Layout = {
    title: (isClean ? layouts.gfpgan : layouts.basicSr).title,
    isClean,
  };
  return fromRosinalityNames(renamed(file), source, average, layout);
}

function renamed(file: TensorFile): TensorFile {
  const pairs = [...file.tensors.keys()].map((name): [string, string] => {
    const [pattern, replacement] = names.find(([known]) => known.test(name)) ?? [/^/, ''];
    return [name.replace(pattern, replacement).replace('.modulated_conv.', '.conv.'), name];
  });
  return renamedView(file, new Map(pairs));
}
