import type { TensorFile } from '../weights/tensor-file.ts';
import type { Generator } from './generator.ts';
import { stylegan2Mapping } from './stylegan2-mapping.ts';
import { stylegan2Synthesis } from './stylegan2-synthesis.ts';
import { WeightReader } from './weight-reader.ts';

export interface StyleGan2Options {
  /** Learning-rate multiplier of the mapping layers; the public networks use 0.01. */
  readonly mappingMultiplier: number;
  /**
   * Activations are clamped to +-conv_clamp; null for networks trained without. Without it, to what the file's metadata
   * say: `conv_clamp` for all layers, `synthesis.b8.conv0.conv_clamp` for one.
   */
  readonly convClamp?: number | null;
}

/**
 * A StyleGAN2 generator from tensors with the names of the public StyleGAN2-ADA state dict (`mapping.fc0.weight`,
 * `synthesis.b4.conv1.affine.weight`, ...). Sizes, label count, depth and block architecture are read off the tensors.
 * Of the metadata, `upsampling: bilinear` stands for networks that double sizes without a filter (GFPGAN's), and
 * `synthesis.b8.conv0.act_gain` for a layer's own gain.
 * Source: Karras et al. 2020, https://arxiv.org/abs/1912.04958 and NVlabs/stylegan2-ada-pytorch training/networks.py.
 * Throws WEIGHTS_* where tensors are missing or do not fit.
 */
export function loadStyleGan2(file: TensorFile, source: string, options: StyleGan2Options): Generator {
  const weights = new WeightReader(file, source);
  const mapping = stylegan2Mapping(weights.at('mapping'), options.mappingMultiplier);
  const synthesis = stylegan2Synthesis(weights.at('synthesis'), mapping.wDim, options.convClamp);
  return {
    architecture: 'stylegan2',
    resolution: synthesis.resolution,
    zDim: mapping.zDim,
    wDim: mapping.wDim,
    cDim: mapping.cDim,
    numWs: synthesis.numWs,
    truncatedLayers: Math.min(synthesis.numWs, weights.numberOf('truncation_layers', synthesis.numWs)),
    noiseMaps: synthesis.noiseMaps,
    wAvg: mapping.wAvg,
    mapping: mapping.run,
    synthesis: synthesis.run,
  };
}
