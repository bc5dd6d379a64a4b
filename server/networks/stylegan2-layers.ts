import {
  add,
  clip,
  constant,
  conv,
  convTranspose,
  leakyRelu,
  matMul,
  mul,
  reciprocal,
  reshape,
  sqrt,
  square,
} from '../graph/ops.ts';
import type { Pads, Value } from '../graph/value.ts';
import type { NoiseMap } from './generator.ts';
import { dense, LEAK, LRELU_GAIN } from './layers.ts';
import { blur, type Filter, upsample2, upsampleBilinear } from './resample.ts';
import type { WeightReader } from './weight-reader.ts';

export interface StyledLayer {
  /** Channels of the result. */
  readonly channels: number;
  /** None in layers that were made without noise. */
  readonly noise?: NoiseMap;
  /** x [N, C, H, W], w [N, wDim], noise [1 or N, 1, R, R] -> [N, channels, R, R]. */
  run(x: Value, w: Value, noise?: Value): Value;
}

interface StyledConvOptions {
  readonly inputs: number;
  readonly wDim: number;
  /** Sides of the result. */
  readonly resolution: number;
  /** Doubles the size with this filter. */
  readonly up?: Upsampling;
  readonly gain?: number;
  readonly clamp?: number | null;
}

/** How sizes are doubled: by a filter after the convolution, or bilinearly before it. */
export type Upsampling = Filter | 'bilinear';

/**
 * Modulated 3x3 convolution with noise, bias and leaky ReLU. The style scales the input, the demodulation the output,
 * and the weight stays constant: the same as scaling the weight, and the form that keeps the fast convolution kernels.
 */
export function styledConv(weights: WeightReader, options: StyledConvOptions): StyledLayer {
  const { inputs, wDim, resolution, up, gain = 1 } = options;
  const clamp = options.clamp === undefined ? weights.clamp(null) : options.clamp;
  const [channels, , size] = weights.shape('weight');
  const kernel = weights.read('weight', [channels, inputs, size, size]);
  const style = dense(weights.at('affine'), { inputs: wDim, outputs: inputs });
  const energy = constant(energies(kernel, channels, inputs), [inputs, channels]);
  const filter = up === 'bilinear' ? undefined : up;
  const weight = filter
    ? constant(swapChannels(kernel, channels, inputs), [inputs, channels, size, size])
    : constant(kernel, [channels, inputs, size, size]);
  const actGain = weights.numberOf('act_gain', LRELU_GAIN) * gain;
  // Leaky ReLU commutes with a positive factor: the gain moves into the demodulation, the noise and the bias.
  const bias = constant(
    weights.read('bias', [channels]).map((b) => b * actGain),
    [1, channels, 1, 1],
  );
  const hasNoise = weights.has('noise_strength');
  const strength = hasNoise ? weights.read('noise_strength', [])[0] * actGain : 0;
  const noise = hasNoise
    ? {
        name: `b${resolution}.${up ? 'conv0' : 'conv1'}.noise_const`,
        size: resolution,
        stored: weights.read('noise_const', [resolution, resolution]),
      }
    : undefined;
  return {
    channels,
    noise,
    run: (x, w, map) => {
      const s = style(w); // [N, inputs]
      const d = mul(reciprocal(sqrt(add(matMul(square(s), energy), 1e-8))), actGain); // [N, channels]
      let y = mul(x, reshape(s, [s.shape[0], inputs, 1, 1]));
      if (filter) {
        y = blur(convTranspose(y, weight, { stride: 2 }), filter, blurPads(filter.size, size), 4);
      } else {
        y = conv(up ? doubled(y, up) : y, weight, { pads: Math.floor(size / 2) });
      }
      y = mul(y, reshape(d, [d.shape[0], channels, 1, 1]));
      if (map !== undefined) y = add(y, mul(map, strength));
      y = leakyRelu(add(y, bias), LEAK);
      return clamp === null ? y : clip(y, -clamp * gain, clamp * gain);
    },
  };
}

/** A picture or features of twice the size: x [N, C, H, W] -> [N, C, 2H, 2W]. */
export const doubled = (x: Value, up: Upsampling): Value =>
  up === 'bilinear' ? upsampleBilinear(x) : upsample2(x, up);

interface ToRgbOptions {
  readonly inputs: number;
  readonly wDim: number;
  readonly clamp?: number | null;
}

/** Modulated 1x1 convolution to RGB without demodulation, as a small matrix product: x [N, C, H, W] -> [N, 3, H, W]. */
export function toRgb(weights: WeightReader, options: ToRgbOptions): (x: Value, w: Value) => Value {
  const { inputs, wDim } = options;
  const clamp = options.clamp === undefined ? weights.clamp(null) : options.clamp;
  const colours = 3;
  const kernel = constant(weights.read('weight', [colours, inputs, 1, 1]), [1, colours, inputs]);
  const bias = constant(weights.read('bias', [colours]), [1, colours, 1]);
  const style = dense(weights.at('affine'), { inputs: wDim, outputs: inputs, gain: 1 / Math.sqrt(inputs) });
  return (x, w) => {
    const [n, , height, width] = x.shape;
    const matrix = mul(kernel, reshape(style(w), [w.shape[0], 1, inputs])); // [N, 3, C]
    const y = add(matMul(matrix, reshape(x, [n, inputs, height * width])), bias);
    const rgb = reshape(y, [n, colours, height, width]);
    return clamp === null ? rgb : clip(rgb, -clamp, clamp);
  };
}

/** Padding of the filter after a stride-2 transposed convolution (conv2d_resample of the public code, padding size / 2). */
function blurPads(filter: number, kernel: number): Pads {
  const padding = Math.floor(kernel / 2);
  const before = padding + Math.floor((filter + 1) / 2) - (kernel - 1);
  const after = padding + Math.floor((filter - 2) / 2) - (kernel - 2);
  return [before, before, after, after];
}

/** Sum of squares of each input-output pair's kernel: [O, I, k, k] -> [I, O]. */
export function energies(kernel: Float32Array, outputs: number, inputs: number): Float32Array {
  const taps = kernel.length / (outputs * inputs);
  const out = new Float32Array(inputs * outputs);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let k = 0; k < taps; k++) sum += kernel[(o * inputs + i) * taps + k] ** 2;
      out[i * outputs + o] = sum;
    }
  }
  return out;
}

/** [O, I, k, k] -> [I, O, k, k]. */
function swapChannels(kernel: Float32Array, outputs: number, inputs: number): Float32Array {
  const taps = kernel.length / (outputs * inputs);
  const out = new Float32Array(kernel.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      out.set(kernel.subarray((o * inputs + i) * taps, (o * inputs + i + 1) * taps), (i * outputs + o) * taps);
    }
  }
  return out;
}
