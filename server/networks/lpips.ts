import { add, concat, constant, conv, maxPool, mul, relu } from '../graph/ops.ts';
import type { Value } from '../graph/value.ts';
import type { PerceptualNetwork } from './perceptual.ts';
import type { WeightReader } from './weight-reader.ts';

export type LpipsTrunk = 'alex' | 'squeeze' | 'vgg' | 'vgg19';

/** LPIPS' scaling layer: ImageNet statistics for images in -1..1. */
const SHIFT = [-0.03, -0.088, -0.188];
const SCALE = [0.458, 0.448, 0.45];

type Layer =
  | {
      readonly kind: 'conv';
      readonly index: number;
      readonly out: number;
      readonly kernel: number;
      readonly stride?: number;
      readonly pad?: number;
    }
  | { readonly kind: 'fire'; readonly index: number; readonly squeeze: number; readonly expand: number }
  | { readonly kind: 'pool'; readonly kernel: number; readonly ceil: boolean }
  | { readonly kind: 'tap' };

const tap: Layer = { kind: 'tap' };
const threes = (ceil: boolean): Layer => ({ kind: 'pool', kernel: 3, ceil });
const conv3 = (index: number, out: number): Layer => ({ kind: 'conv', index, out, kernel: 3, pad: 1 });
const fire = (index: number, squeeze: number, expand: number): Layer => ({ kind: 'fire', index, squeeze, expand });

/** VGG's blocks of 3x3 convolutions by their indices, a tap after each. */
function vggTrunk(blocks: readonly (readonly number[])[]): { layers: readonly Layer[]; minimumSize: number } {
  const layers = blocks.flatMap((block, b): Layer[] => [
    ...(b === 0 ? [] : [{ kind: 'pool', kernel: 2, ceil: false } as const]),
    ...block.map((index) => conv3(index, Math.min(64 * 2 ** b, 512))),
    tap,
  ]);
  return { minimumSize: 16, layers };
}

/** The trunks as torchvision defines them, up to the last tap; every pool has stride 2. */
const trunks: Record<LpipsTrunk, { layers: readonly Layer[]; minimumSize: number }> = {
  alex: {
    minimumSize: 35,
    layers: [
      { kind: 'conv', index: 0, out: 64, kernel: 11, stride: 4, pad: 2 },
      tap,
      threes(false),
      { kind: 'conv', index: 3, out: 192, kernel: 5, pad: 2 },
      tap,
      threes(false),
      conv3(6, 384),
      tap,
      conv3(8, 256),
      tap,
      conv3(10, 256),
      tap,
    ],
  },
  squeeze: {
    minimumSize: 17,
    layers: [
      { kind: 'conv', index: 0, out: 64, kernel: 3, stride: 2 },
      tap,
      threes(true),
      fire(3, 16, 64),
      fire(4, 16, 64),
      tap,
      threes(true),
      fire(6, 32, 128),
      fire(7, 32, 128),
      tap,
      threes(true),
      fire(9, 48, 192),
      tap,
      fire(10, 48, 192),
      tap,
      fire(11, 64, 256),
      tap,
      fire(12, 64, 256),
      tap,
    ],
  },
  vgg: vggTrunk([
    [0, 2],
    [5, 7],
    [10, 12, 14],
    [17, 19, 21],
    [24, 26, 28],
  ]),
  vgg19: vggTrunk([
    [0, 2],
    [5, 7],
    [10, 12, 14, 16],
    [19, 21, 23, 25],
    [28, 30, 32, 34],
  ]),
};

/**
 * LPIPS v0.1 from tensors named as the authors name them: `net.features.N.weight`, `lin0.model.1.weight`.
 * Throws WEIGHTS_* where they are missing or do not fit.
 */
export function loadLpips(weights: WeightReader): PerceptualNetwork {
  const trunk = detectTrunk(weights);
  const { layers, minimumSize } = trunks[trunk];
  const run: ((x: Value) => Value)[] = [];
  const lin: Float32Array[] = [];
  const tapAt: number[] = [];
  let channels = 3;
  for (const layer of layers) {
    if (layer.kind === 'tap') {
      lin.push(weights.read(`lin${lin.length}.model.1.weight`, [1, channels, 1, 1]));
      tapAt.push(run.length);
    } else if (layer.kind === 'pool') {
      run.push((x) => maxPool(x, { kernel: layer.kernel, stride: 2, ceil: layer.ceil }));
    } else if (layer.kind === 'conv') {
      run.push(
        convRelu(weights.at(`net.features.${layer.index}`), channels, layer.out, layer.kernel, layer.stride, layer.pad),
      );
      channels = layer.out;
    } else {
      run.push(fireModule(weights.at(`net.features.${layer.index}`), channels, layer.squeeze, layer.expand));
      channels = 2 * layer.expand;
    }
  }
  const scale = constant(
    Float32Array.from(SCALE, (s) => 1 / s),
    [1, 3, 1, 1],
  );
  const offset = constant(
    Float32Array.from(SCALE, (s, c) => -SHIFT[c] / s),
    [1, 3, 1, 1],
  );
  return {
    name: `LPIPS ${trunk}`,
    lin,
    epsilon: 'outside-root',
    minimumSize,
    features: (image) => {
      const taps: Value[] = [];
      let x = add(mul(image, scale), offset);
      run.forEach((layer, i) => {
        x = layer(x);
        if (tapAt.includes(i + 1)) taps.push(x);
      });
      return taps;
    },
  };
}

/** Convolution, bias, ReLU. */
export function convRelu(
  weights: WeightReader,
  inputs: number,
  outputs: number,
  kernel: number,
  stride = 1,
  pads = 0,
): (x: Value) => Value {
  const weight = weights.constant('weight', [outputs, inputs, kernel, kernel]);
  const bias = constant(weights.read('bias', [outputs]), [1, outputs, 1, 1]);
  return (x) => relu(add(conv(x, weight, { stride, pads }), bias));
}

/** SqueezeNet's fire module: a narrow 1x1 layer feeding a 1x1 and a 3x3 layer side by side. */
function fireModule(weights: WeightReader, inputs: number, squeeze: number, expand: number): (x: Value) => Value {
  const narrow = convRelu(weights.at('squeeze'), inputs, squeeze, 1);
  const one = convRelu(weights.at('expand1x1'), squeeze, expand, 1);
  const three = convRelu(weights.at('expand3x3'), squeeze, expand, 3, 1, 1);
  return (x) => {
    const s = narrow(x);
    return concat([one(s), three(s)], 1);
  };
}

function detectTrunk(weights: WeightReader): LpipsTrunk {
  if (weights.has('net.features.3.squeeze.weight')) return 'squeeze';
  if (weights.has('net.features.34.weight')) return 'vgg19';
  return weights.has('net.features.28.weight') ? 'vgg' : 'alex';
}
