import { wrongSetting } from './weight-reader.ts';

/** What a StyleGAN3 was made with; the names are those of the public code. */
export interface StyleGan3Settings {
  readonly resolution: number;
  readonly numLayers: number;
  readonly numCritical: number;
  readonly firstCutoff: number;
  readonly firstStopband: number;
  readonly lastStopbandRel: number;
  readonly marginSize: number;
  readonly outputScale: number;
  readonly filterSize: number;
  readonly lreluUpsampling: number;
  readonly convKernel: number;
  readonly useRadialFilters: boolean;
}

/** Our names, the public code's, and its defaults. */
const numbers = [
  ['resolution', 'img_resolution', Number.NaN],
  ['numLayers', 'num_layers', 14],
  ['numCritical', 'num_critical', 2],
  ['firstCutoff', 'first_cutoff', 2],
  ['firstStopband', 'first_stopband', 2 ** 2.1],
  ['lastStopbandRel', 'last_stopband_rel', 2 ** 0.3],
  ['marginSize', 'margin_size', 10],
  ['outputScale', 'output_scale', 0.25],
  ['filterSize', 'filter_size', 6],
  ['lreluUpsampling', 'lrelu_upsampling', 2],
  ['convKernel', 'conv_kernel', 3],
] as const;

/** The settings that are stored with the tensors, under the public code's names. */
export const stylegan3Keys: readonly string[] = [...numbers.map(([, key]) => key), 'use_radial_filters', 'conv_clamp'];

/** Settings from a file's metadata (numbers and true/false as text). Throws WEIGHTS_SETTINGS. */
export function readStyleGan3Settings(metadata: Readonly<Record<string, string>>, source: string): StyleGan3Settings {
  const read = ([name, key, preset]: (typeof numbers)[number]): [string, number] => {
    const value = metadata[key] === undefined ? preset : Number(metadata[key]);
    // Bounds far beyond any network keep a crafted file from asking for endless layers and filters.
    if (!(value > 0 || (value === 0 && key === 'num_critical')) || value > 4096) {
      throw wrongSetting(source, key, metadata[key]);
    }
    return [name, value];
  };
  return {
    ...(Object.fromEntries(numbers.map(read)) as unknown as StyleGan3Settings),
    useRadialFilters: metadata.use_radial_filters?.toLowerCase() === 'true',
  };
}

export interface InputPlan {
  readonly size: number;
  readonly samplingRate: number;
  readonly bandwidth: number;
}

export interface LayerPlan {
  readonly inSize: number;
  readonly outSize: number;
  readonly kernel: number;
  readonly isRgb: boolean;
  readonly up: number;
  readonly down: number;
  /** Taps of the filters; 1 where there is none. */
  readonly upTaps: number;
  readonly downTaps: number;
  readonly isDownRadial: boolean;
  /** Rows and columns before and after the picture, before the up-sampling filter. */
  readonly padding: readonly [before: number, after: number];
}

/**
 * Sizes, rates and paddings of all layers, the input's first.
 * Source: Karras et al. 2021, https://arxiv.org/abs/2106.12423, and NVlabs/stylegan3 training/networks_stylegan3.py.
 */
export function planStyleGan3(settings: StyleGan3Settings): { input: InputPlan; layers: readonly LayerPlan[] } {
  const { resolution, numLayers, numCritical, firstCutoff, firstStopband, lastStopbandRel, marginSize } = settings;
  const lastCutoff = resolution / 2;
  const lastStopband = lastCutoff * lastStopbandRel;
  const exponents = Array.from({ length: numLayers + 1 }, (_, i) => Math.min(i / (numLayers - numCritical), 1));
  const cutoffs = exponents.map((e) => firstCutoff * (lastCutoff / firstCutoff) ** e);
  const stopbands = exponents.map((e) => firstStopband * (lastStopband / firstStopband) ** e);
  const rates = stopbands.map((s) => 2 ** Math.ceil(Math.log2(Math.min(s * 2, resolution))));
  const sizes = rates.map((rate, i) => (i >= numLayers - 1 ? resolution : rate + marginSize * 2));
  return {
    input: { size: sizes[0], samplingRate: rates[0], bandwidth: cutoffs[0] },
    layers: rates.map((rate, i): LayerPlan => {
      const previous = Math.max(i - 1, 0);
      return planLayer(settings, {
        isRgb: i === numLayers,
        isCritical: i >= numLayers - numCritical,
        inSize: sizes[previous],
        outSize: sizes[i],
        inRate: rates[previous],
        outRate: rate,
      });
    }),
  };
}

interface LayerRates {
  readonly isRgb: boolean;
  readonly isCritical: boolean;
  readonly inSize: number;
  readonly outSize: number;
  readonly inRate: number;
  readonly outRate: number;
}

function planLayer(
  settings: StyleGan3Settings,
  { isRgb, isCritical, inSize, outSize, inRate, outRate }: LayerRates,
): LayerPlan {
  const kernel = isRgb ? 1 : settings.convKernel;
  const rate = Math.max(inRate, outRate) * (isRgb ? 1 : settings.lreluUpsampling);
  const up = Math.round(rate / inRate);
  const down = Math.round(rate / outRate);
  const upTaps = up > 1 && !isRgb ? settings.filterSize * up : 1;
  const downTaps = down > 1 && !isRgb ? settings.filterSize * down : 1;
  const total = (outSize - 1) * down + 1 - (inSize + kernel - 1) * up + upTaps + downTaps - 2;
  const before = Math.floor((total + up) / 2);
  return {
    inSize,
    outSize,
    kernel,
    isRgb,
    up,
    down,
    upTaps,
    downTaps,
    isDownRadial: settings.useRadialFilters && !isCritical,
    padding: [before, total - before],
  };
}
