import {
  add,
  constant,
  conv,
  convTranspose,
  leakyRelu,
  mul,
  reciprocal,
  reduceMean,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  upsampleNearest,
} from '../graph/ops.ts';
import { GraphError, type Value } from '../graph/value.ts';
import type { TensorFile } from '../weights/tensor-file.ts';
import type { Generator, NoiseMap } from './generator.ts';
import { dense, LEAK, LRELU_GAIN, latentAt } from './layers.ts';
import { blur, separableFilter } from './resample.ts';
import { stylegan2Mapping } from './stylegan2-mapping.ts';
import { WeightReader } from './weight-reader.ts';

/** From this size on, 'auto' networks double and convolve in one step. */
const FUSED_FROM = 128;
const EPSILON = 1e-8;

interface Layer {
  readonly noise: NoiseMap;
  run(x: Value, w: Value, noise?: Value): Value;
}

/**
 * The first StyleGAN (2018) from tensors named as StyleGAN2-ADA's: each layer has `weight` (not at the constant),
 * `bias`, `noise_strength` and `noise_const`, and `affine` whose outputs are factors, then offsets, of the style. The
 * metadata's `fused_scale` is 'auto', 'true' or 'false'; random faces are truncated in the first `truncation_layers`. The
 * mapping layers are StyleGAN2's (the importer moves the
 * gain of the activation into the weights).
 * Source: Karras et al. 2018, https://arxiv.org/abs/1812.04948 and NVlabs/stylegan training/networks_stylegan.py.
 * Throws WEIGHTS_* where tensors are missing or do not fit.
 */
export function loadStyleGan(file: TensorFile, source: string, mappingMultiplier: number): Generator {
  const weights = new WeightReader(file, source);
  const mapping = stylegan2Mapping(weights.at('mapping'), mappingMultiplier);
  const synthesis = weights.at('synthesis');
  const [constChannels] = synthesis.shape('b4.const');
  const first = constant(synthesis.read('b4.const', [constChannels, 4, 4]), [1, constChannels, 4, 4]);
  const fused = file.metadata.fused_scale ?? 'auto';
  const layers: Layer[] = [];
  let channels = constChannels;
  let resolution = 4;
  for (let size = 4; synthesis.has(`b${size}.conv0.bias`); size *= 2) {
    for (const name of ['conv0', 'conv1']) {
      const reader = synthesis.at(`b${size}.${name}`);
      const inputs = channels;
      [channels] = reader.shape('bias');
      const isUp = name === 'conv0' && size > 4;
      const convolve = isUp
        ? upConvolution(reader, inputs, channels, fused === 'true' || (fused === 'auto' && size >= FUSED_FROM))
        : name === 'conv1'
          ? plainConvolution(reader, inputs, channels)
          : undefined;
      layers.push(styledLayer(reader, { name: `b${size}.${name}`, size, channels, wDim: mapping.wDim, convolve }));
    }
    resolution = size;
  }
  const rgb = toRgb(synthesis.at('torgb'), channels);
  const noiseMaps = layers.map((layer) => layer.noise);
  return {
    architecture: 'stylegan',
    resolution,
    zDim: mapping.zDim,
    wDim: mapping.wDim,
    cDim: mapping.cDim,
    numWs: layers.length,
    truncatedLayers: truncatedLayers(file, layers.length),
    noiseMaps,
    wAvg: mapping.wAvg,
    mapping: mapping.run,
    synthesis: (ws, noise) => {
      if (noise !== 'none' && noise.length !== layers.length) {
        throw new GraphError(`${noise.length} noise maps for ${layers.length} layers`);
      }
      return rgb(
        layers.reduce<Value>(
          (x, layer, i) => layer.run(x, latentAt(ws, i), noise === 'none' ? undefined : noise[i]),
          first,
        ),
      );
    },
  };
}

/** As many as the metadata's `truncation_layers` says, or the public code's eight; never more than there are. */
function truncatedLayers({ metadata }: TensorFile, layers: number): number {
  const said = Number(metadata.truncation_layers ?? 8);
  return Math.min(layers, said >= 0 ? Math.floor(said) : 8);
}

interface StyledLayerOptions {
  readonly name: string;
  readonly size: number;
  readonly channels: number;
  readonly wDim: number;
  readonly convolve?: (x: Value) => Value;
}

/** Convolution, noise with a strength for each channel, bias, leaky ReLU, instance normalisation, style. */
function styledLayer(weights: WeightReader, { name, size, channels, wDim, convolve }: StyledLayerOptions): Layer {
  const strength = weights.constant('noise_strength', [channels]);
  const bias = constant(weights.read('bias', [channels]), [1, channels, 1, 1]);
  const affine = dense(weights.at('affine'), { inputs: wDim, outputs: 2 * channels });
  return {
    noise: { name: `${name}.noise_const`, size, stored: weights.read('noise_const', [size, size]) },
    run: (x, w, noise) => {
      let y = convolve?.(x) ?? x;
      if (noise !== undefined) y = add(y, mul(noise, reshape(strength, [1, channels, 1, 1])));
      y = instanceNorm(leakyRelu(add(y, bias), LEAK));
      const style = affine(w);
      const part = (from: number) => reshape(slice(style, 1, from, from + channels), [w.shape[0], channels, 1, 1]);
      return add(mul(y, part(0)), part(channels));
    },
  };
}

/** Each channel of each picture to mean 0 and variance 1. */
function instanceNorm(x: Value): Value {
  const centred = sub(x, reduceMean(x, [2, 3]));
  return mul(centred, reciprocal(sqrt(add(reduceMean(square(centred), [2, 3]), EPSILON))));
}

function plainConvolution(weights: WeightReader, inputs: number, outputs: number): (x: Value) => Value {
  const weight = constant(readKernel(weights, inputs, outputs), [outputs, inputs, 3, 3]);
  return (x) => conv(x, weight, { pads: 1 });
}

/** Doubling, 3x3 convolution, [1, 2, 1] blur. */
function upConvolution(weights: WeightReader, inputs: number, outputs: number, isFused: boolean): (x: Value) => Value {
  const kernel = readKernel(weights, inputs, outputs);
  const smooth = separableFilter([1, 2, 1]);
  if (isFused) {
    const weight = constant(fusedKernel(kernel, inputs, outputs), [inputs, outputs, 4, 4]);
    return (x) => blur(convTranspose(x, weight, { stride: 2, pads: 1 }), smooth, [1, 1, 1, 1]);
  }
  const weight = constant(kernel, [outputs, inputs, 3, 3]);
  return (x) => blur(conv(upsampleNearest(x, 2), weight, { pads: 1 }), smooth, [1, 1, 1, 1]);
}

/** The equalised kernel with its run-time factor, [O, I, 3, 3]. */
const readKernel = (weights: WeightReader, inputs: number, outputs: number): Float32Array =>
  weights.read('weight', [outputs, inputs, 3, 3]).map((x) => (x * LRELU_GAIN) / Math.sqrt(9 * inputs));

/** [O, I, 3, 3] -> [I, O, 4, 4]: the kernel summed over the 2x2 places of a doubled pixel. */
function fusedKernel(kernel: Float32Array, inputs: number, outputs: number): Float32Array {
  const out = new Float32Array(inputs * outputs * 16);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      const from = (o * inputs + i) * 9;
      const to = (i * outputs + o) * 16;
      for (let y = 0; y < 3; y++) {
        for (let x = 0; x < 3; x++) {
          for (const place of [0, 1, 4, 5]) out[to + y * 4 + x + place] += kernel[from + y * 3 + x];
        }
      }
    }
  }
  return out;
}

function toRgb(weights: WeightReader, inputs: number): (x: Value) => Value {
  const kernel = weights.read('weight', [3, inputs, 1, 1]).map((x) => x / Math.sqrt(inputs));
  const weight = constant(kernel, [3, inputs, 1, 1]);
  const bias = constant(weights.read('bias', [3]), [1, 3, 1, 1]);
  return (x) => add(conv(x, weight), bias);
}
