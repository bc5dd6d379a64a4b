import { gradients } from '../graph/gradients.ts';
import type { Graph } from '../graph/graph.ts';
import { constant, conv, input, leakyRelu, mul, reduceSum, reshape } from '../graph/ops.ts';
import type { Value } from '../graph/value.ts';
import type { Feeds } from './runtime.ts';

/**
 * A graph that costs what our work costs (3x3 convolutions, activations, and the gradient through both) and whose right
 * results are known without computing it: every convolution's weights are zeros but for one 1 an output channel, which
 * moves the image by one pixel down and right and its channels by one.
 */
export interface Probe {
  readonly graph: Graph;
  readonly feeds: Feeds;
  readonly expected: Readonly<Record<string, Float32Array>>;
}

const ALPHA = 0.5;

export function makeProbe({ channels, size, layers }: { channels: number; size: number; layers: number }): Probe {
  const shape = [1, channels, size, size];
  const x = input('x', shape);
  const weights = constant(movingWeights(channels), [channels, channels, 3, 3]);
  let y: Value = x;
  for (let i = 0; i < layers; i++) y = leakyRelu(conv(y, weights, { pads: 1 }), ALPHA);
  const slope = wave(channels * size * size, 2);
  const loss = reshape(reduceSum(mul(y, constant(slope, shape)), [0, 1, 2, 3]), []);
  const [gradient] = gradients(loss, [x]);

  const image = wave(channels * size * size, 1);
  const factor = (v: number): number => (v < 0 ? ALPHA ** layers : 1);
  const movedOut = moved(image, channels, size, layers);
  const movedBack = moved(slope, channels, size, -layers);
  return {
    graph: { outputs: { y, gradient } },
    feeds: { x: image },
    expected: { y: movedOut.map((v) => v * factor(v)), gradient: movedBack.map((g, i) => g * factor(image[i])) },
  };
}

/** Output channel c takes channel c - 1, one pixel up and left of each pixel. */
function movingWeights(channels: number): Float32Array {
  const weights = new Float32Array(channels * channels * 9);
  for (let c = 0; c < channels; c++) weights[(c * channels + ((c + channels - 1) % channels)) * 9] = 1;
  return weights;
}

/** An image [channels, size, size] moved by `by` pixels down and right and by `by` channels, in which zeros move in. */
function moved(image: Float32Array, channels: number, size: number, by: number): Float32Array {
  const result = new Float32Array(image.length);
  for (let c = 0; c < channels; c++) {
    const from = (((c - by) % channels) + channels) % channels;
    for (let row = Math.max(0, by); row < size + Math.min(0, by); row++) {
      for (let column = Math.max(0, by); column < size + Math.min(0, by); column++) {
        result[(c * size + row) * size + column] = image[(from * size + row - by) * size + column - by];
      }
    }
  }
  return result;
}

/** Numbers between -1 and 1 that repeat late and are far from every kink at 0 and from what half precision can hold. */
function wave(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const x = Math.sin(i * 12.9898 + seed * 78.233);
    return Math.abs(x) < 0.01 ? 0.012345 : x;
  });
}
