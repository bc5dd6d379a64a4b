import { add, constant, conv, matMul, mul, reciprocal, reshape, sqrt, square } from '../graph/ops.ts';
import type { Value } from '../graph/value.ts';
import type { TensorFile } from '../weights/tensor-file.ts';
import { type FirFilter, filteredLrelu } from './filtered-lrelu.ts';
import type { Generator } from './generator.ts';
import { dense, LEAK, LRELU_GAIN, latentAt } from './layers.ts';
import { energies } from './stylegan2-layers.ts';
import { stylegan2Mapping } from './stylegan2-mapping.ts';
import { fourierInput } from './stylegan3-input.ts';
import { type InputPlan, type LayerPlan, planStyleGan3, readStyleGan3Settings } from './stylegan3-plan.ts';
import { WeightReader } from './weight-reader.ts';

/**
 * A StyleGAN3 generator (t or r) from tensors with the public code's names, but for the layers, which are `L0`, `L1`, ...
 * and settings in the file's metadata, those of a layer alone under its name (`synthesis.L3.up_factor`). It has no noise.
 * Source: Karras et al. 2021, https://arxiv.org/abs/2106.12423 and NVlabs/stylegan3 training/networks_stylegan3.py.
 * Throws WEIGHTS_* where tensors or settings are missing or do not fit.
 */
export function loadStyleGan3(file: TensorFile, source: string, mappingMultiplier: number): Generator {
  const weights = new WeightReader(file, source);
  const settings = readStyleGan3Settings(file.metadata, source);
  const mapping = stylegan2Mapping(weights.at('mapping'), mappingMultiplier);
  const plan = planStyleGan3(settings);
  const synthesis = weights.at('synthesis');
  const start = fourierInput(synthesis.at('input'), storedInput(synthesis.at('input'), plan.input), mapping.wDim);
  let channels = start.channels;
  const layers = plan.layers.map((layer, i) => {
    const reader = synthesis.at(`L${i}`);
    const inputs = channels;
    [channels] = layer.isRgb ? [3] : reader.shape('weight');
    return synthesisLayer(reader, storedPlan(reader, layer), { inputs, outputs: channels, wDim: mapping.wDim });
  });
  return {
    architecture: 'stylegan3',
    resolution: settings.resolution,
    zDim: mapping.zDim,
    wDim: mapping.wDim,
    cDim: mapping.cDim,
    numWs: layers.length + 1,
    truncatedLayers: layers.length + 1,
    noiseMaps: [],
    wAvg: mapping.wAvg,
    mapping: mapping.run,
    synthesis: (ws) => {
      const x = layers.reduce((y, layer, i) => layer(y, latentAt(ws, i + 1)), start.run(latentAt(ws, 0)));
      return mul(x, settings.outputScale);
    },
  };
}

interface LayerOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly wDim: number;
}

/** The plan, but for what the file says of this layer itself. */
function storedPlan(weights: WeightReader, plan: LayerPlan): LayerPlan {
  const [before, after] = plan.padding;
  return {
    ...plan,
    up: weights.numberOf('up_factor', plan.up, 16),
    down: weights.numberOf('down_factor', plan.down, 16),
    upTaps: weights.numberOf('up_taps', plan.upTaps, 256),
    downTaps: weights.numberOf('down_taps', plan.downTaps, 256),
    isDownRadial: weights.numberOf('down_radial', plan.isDownRadial ? 1 : 0) === 1,
    padding: [weights.numberOf('padding_before', before), weights.numberOf('padding_after', after)],
  };
}

const storedInput = (weights: WeightReader, plan: InputPlan): InputPlan => ({
  size: weights.numberOf('size', plan.size),
  samplingRate: weights.numberOf('sampling_rate', plan.samplingRate),
  bandwidth: weights.numberOf('bandwidth', plan.bandwidth),
});

/** Modulated convolution with magnitudes of the input evened out, bias, filtered leaky ReLU. */
function synthesisLayer(
  weights: WeightReader,
  plan: LayerPlan,
  { inputs, outputs, wDim }: LayerOptions,
): (x: Value, w: Value) => Value {
  const { kernel, isRgb } = plan;
  const raw = weights.read('weight', [outputs, inputs, kernel, kernel]);
  const inputGain = 1 / Math.sqrt(weights.read('magnitude_ema', [])[0]);
  const style = dense(weights.at('affine'), {
    inputs: wDim,
    outputs: inputs,
    gain: isRgb ? 1 / Math.sqrt(inputs * kernel ** 2) : 1,
  });
  const normal = isRgb ? raw : unitVariance(raw, outputs);
  const weight = constant(normal, [outputs, inputs, kernel, kernel]);
  const energy = isRgb ? undefined : constant(energies(normal, outputs, inputs), [inputs, outputs]);
  const bias = constant(weights.read('bias', [outputs]), [1, outputs, 1, 1]);
  const activation = {
    up: plan.up,
    down: plan.down,
    upFilter: plan.upTaps > 1 ? readFilter(weights, 'up_filter', plan.upTaps, false) : undefined,
    downFilter: plan.downTaps > 1 ? readFilter(weights, 'down_filter', plan.downTaps, plan.isDownRadial) : undefined,
    padding: plan.padding,
    slope: isRgb ? 1 : LEAK,
    gain: isRgb ? 1 : LRELU_GAIN,
    clamp: weights.clamp(256),
  };
  return (x, w) => {
    const s = style(w);
    const [n] = s.shape;
    let y = conv(mul(x, reshape(s, [n, inputs, 1, 1])), weight, { pads: kernel - 1 });
    // The public code also scales the styles to unit length, which the demodulation undoes.
    const factor = energy ? mul(reciprocal(sqrt(add(matMul(square(s), energy), 1e-8))), inputGain) : undefined;
    y = factor ? mul(y, reshape(factor, [n, outputs, 1, 1])) : mul(y, inputGain);
    return filteredLrelu(add(y, bias), activation);
  };
}

function readFilter(weights: WeightReader, name: string, taps: number, isRadial: boolean): FirFilter {
  return { taps: weights.read(name, isRadial ? [taps, taps] : [taps]), isSeparable: !isRadial };
}

/** Each output's kernel to a mean square of 1. */
function unitVariance(kernel: Float32Array, outputs: number): Float32Array {
  const out = kernel.slice();
  const length = kernel.length / outputs;
  for (let o = 0; o < outputs; o++) {
    const part = out.subarray(o * length, (o + 1) * length);
    const scale = Math.sqrt(length / part.reduce((sum, x) => sum + x * x, 0));
    for (let i = 0; i < length; i++) part[i] *= scale;
  }
  return out;
}
