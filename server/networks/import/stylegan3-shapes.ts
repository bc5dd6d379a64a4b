import type { TensorFile } from '../../weights/tensor-file.ts';
import { planStyleGan3, readStyleGan3Settings } from '../stylegan3-plan.ts';

type Metadata = Readonly<Record<string, string>>;

/** The critically sampled layers at the end of a network, the public code's default first. */
const criticalLayers = [2, 1, 3, 4, 0];

/** A layer as its name and its tensors show it. */
interface Shown {
  readonly size: number;
  readonly upTaps: number;
  readonly downTaps: number;
  readonly isDownRadial: boolean;
}

/**
 * The settings of a StyleGAN3 state dict that comes without them: sizes from the layers' names, kinds from the shapes,
 * everything else as the public code's defaults, where these give exactly the sizes and filters that are in the file.
 * Undefined where they do not.
 */
export function stylegan3SettingsFromShapes(file: TensorFile, source: string): Metadata | undefined {
  const layers = shownLayers(file);
  const last = layers.at(-1);
  if (!last || !(last.size >= 4 && last.size <= 4096) || !hasDefaultBandwidth(file)) return undefined;
  const radial = layers.some(({ isDownRadial }) => isDownRadial);
  const kernel = [...file.tensors].find(([name]) => /^synthesis\.L0_\d+_\d+\.weight$/.test(name))?.[1].shape[2];
  for (const critical of criticalLayers) {
    if (critical >= layers.length - 1) continue;
    const metadata: Metadata = {
      img_resolution: String(last.size),
      num_layers: String(layers.length - 1),
      num_critical: String(critical),
      conv_kernel: String(kernel ?? 3),
      use_radial_filters: String(radial),
    };
    if (fits(metadata, layers, source)) return metadata;
  }
  return undefined;
}

/** Sides of the last layer's picture by its name; undefined where the names have no sizes. */
export const stylegan3Size = (file: TensorFile): number | undefined => shownLayers(file).at(-1)?.size;

function shownLayers({ tensors }: TensorFile): Shown[] {
  const named = [...tensors.keys()].flatMap((name) => {
    const [, layer, index, size] = /^(synthesis\.L(\d+)_(\d+)_\d+)\.bias$/.exec(name) ?? [];
    return layer === undefined ? [] : [{ layer, index: Number(index), size: Number(size) }];
  });
  named.sort((a, b) => a.index - b.index);
  if (named.some(({ index }, i) => index !== i)) return [];
  return named.map(({ layer, size }) => {
    const [upTaps = 1] = tensors.get(`${layer}.up_filter`)?.shape ?? [];
    const [downTaps = 1, columns] = tensors.get(`${layer}.down_filter`)?.shape ?? [];
    return { size, upTaps, downTaps, isDownRadial: columns !== undefined };
  });
}

function fits(metadata: Metadata, layers: readonly Shown[], source: string): boolean {
  const plan = planStyleGan3(readStyleGan3Settings(metadata, source));
  return layers.every((layer, i) => {
    const { outSize, upTaps, downTaps, isDownRadial } = plan.layers[i];
    const radial = isDownRadial && downTaps > 1;
    return (
      outSize === layer.size && upTaps === layer.upTaps && downTaps === layer.downTaps && radial === layer.isDownRadial
    );
  });
}

/** The waves of the input are no shorter than the first cutoff, which is 2 by default, and the shortest come near it. */
function hasDefaultBandwidth(file: TensorFile): boolean {
  const freqs = file.read('synthesis.input.freqs');
  let longest = 0;
  for (let i = 0; i + 1 < freqs.length; i += 2) longest = Math.max(longest, Math.hypot(freqs[i], freqs[i + 1]));
  return longest > 1 && longest < 2.001;
}
