import { gradients } from '../../server/graph/gradients.ts';
import {
  add,
  averagePool,
  clip,
  constant,
  conv,
  convTranspose,
  div,
  input,
  leakyRelu,
  matMul,
  maxPool,
  meanAll,
  mul,
  reciprocal,
  reduceSum,
  relu,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  upsampleNearest,
} from '../../server/graph/ops.ts';
import type { Value } from '../../server/graph/value.ts';
import { elements } from '../graph/nd-array.ts';
import { distinct, weights } from '../graph/numbers.ts';
import type { Problem } from '../graph/problem.ts';
import { evaluate } from '../graph/reference.ts';

/**
 * A projection step in small: a StyleGAN2-like generator of 16 pixels (modulated convolutions, noise, enlarging with a
 * blur, skip connections), a perceptual and a pixel loss against a target, and the gradient back to latents and noise.
 */
const W_DIM = 6;
const SIDES = [4, 8, 16];
const CHANNELS = 5;

function styledConv(x: Value, w: Value, noise: Value, seed: number, up: boolean): Value {
  const [, inputs] = x.shape;
  const style = reshape(add(matMul(w, weights([W_DIM, inputs], seed)), 1), [1, inputs, 1, 1]);
  const kernel = weights(up ? [inputs, CHANNELS, 3, 3] : [CHANNELS, inputs, 3, 3], seed + 1);
  const scaled = mul(x, style);
  const blur = constant(distinct(CHANNELS * 16, seed + 2, 0.02, 0.1), [CHANNELS, 1, 4, 4]);
  const y = up
    ? conv(convTranspose(scaled, kernel, { stride: 2 }), blur, { group: CHANNELS, pads: 1 })
    : conv(scaled, kernel, { pads: 1 });
  const energy = matMul(
    square(reshape(style, [1, inputs])),
    constant(distinct(inputs * CHANNELS, 3, 0.2, 1), [inputs, CHANNELS]),
  );
  const demodulation = reshape(reciprocal(sqrt(add(energy, 1e-8))), [1, CHANNELS, 1, 1]);
  return clip(leakyRelu(add(add(mul(y, demodulation), mul(noise, 0.1)), 0.05), 0.2), -256, 256);
}

function perceptual(image: Value): Value[] {
  const first = relu(conv(image, weights([6, 3, 3, 3], 50), { stride: 2, pads: 1 }));
  const second = relu(
    conv(maxPool(first, { kernel: 2, stride: 2, ceil: false }), weights([4, 6, 3, 3], 51), { pads: 1 }),
  );
  const third = relu(conv(maxPool(first, { kernel: 3, stride: 2, ceil: true }), weights([4, 6, 1, 1], 52)));
  return [first, second, third].map((f) => div(f, sqrt(add(reduceSum(square(f), [1]), 1e-6))));
}

export function styleProblem(): Problem {
  const ws = input('ws', [1, SIDES.length, W_DIM]);
  const noises = SIDES.map((side) => input(`noise${side}`, [1, 1, side, side]));
  const target = input('target', [1, 3, 16, 16]);
  let x: Value = weights([1, CHANNELS, 4, 4], 90);
  let image: Value | undefined;
  SIDES.forEach((_, i) => {
    const w = reshape(slice(ws, 1, i, i + 1), [1, W_DIM]);
    x = styledConv(x, w, noises[i], 10 * i, i > 0);
    const rgb = conv(x, weights([3, CHANNELS, 1, 1], 10 * i + 5));
    image = image === undefined ? rgb : add(upsampleNearest(image, 2), rgb);
  });
  const face = image as Value;
  const wanted = perceptual(target);
  const distances = perceptual(face).map((f, i) => meanAll(square(sub(f, wanted[i]))));
  const pixels = meanAll(square(sub(averagePool(face, 2), averagePool(target, 2))));
  const loss = add(distances.reduce(add), mul(pixels, 0.1));
  const variables = [ws, ...noises];
  const slopes = gradients(loss, variables);
  const outputs = {
    image: face,
    loss,
    ...Object.fromEntries(variables.map((v, i) => [`d.${v.attributes.name}`, slopes[i]])),
  };
  const feeds = Object.fromEntries(
    [...variables, target].map((v, i) => [v.attributes.name, distinct(elements(v.shape), 200 + i, -1, 1)]),
  );
  const expected = () => {
    const values = evaluate(Object.values(outputs), feeds);
    return Object.fromEntries(Object.keys(outputs).map((name, i) => [name, values[i]]));
  };
  return { graph: { outputs }, feeds, expected };
}
