import {
  add,
  averagePool,
  constant,
  filled,
  matMul,
  meanAll,
  mul,
  reciprocal,
  reduceSum,
  reshape,
  sqrt,
  square,
  sub,
} from '../graph/ops.ts';
import type { Value } from '../graph/value.ts';

/**
 * A distance between images as people see it: a trunk of convolutions, and for each of its taps one weight a channel.
 * Zhang et al. 2018, https://arxiv.org/abs/1801.03924: features are scaled to unit length over channels, their squared
 * differences weighted, averaged over the picture and summed over the taps.
 */
export interface PerceptualNetwork {
  readonly name: string;
  /** image [N, 3, H, W] in -1..1 -> feature maps [N, C_k, H_k, W_k]. */
  features(image: Value): Value[];
  /** Non-negative weights of tap k, [C_k]. */
  readonly lin: readonly Float32Array[];
  /** Where the small number stands that keeps the length of an empty feature from being zero. */
  readonly epsilon: 'inside-root' | 'outside-root';
  /** Smallest side of an image it can look at. */
  readonly minimumSize: number;
}

const EPSILON = 1e-10;
/** Keeps the root's gradient finite at zero and vanishes beside any real feature. */
const TINY = 1e-20;

/** What the distance to a fixed image needs to know of it: compute once a visitor, feed at every step. */
export interface TargetFeatures {
  /** lin_k * unit features of tap k, [1, C_k, H_k * W_k]. */
  readonly weighted: readonly Value[];
  /** The constant part of the distance, a scalar. */
  readonly energy: Value;
}

/** The features of a target [1, 3, H, W] as values of a graph. */
export function targetFeatures(network: PerceptualNetwork, target: Value): TargetFeatures {
  const weighted: Value[] = [];
  const energies: Value[] = [];
  network.features(target).forEach((features, k) => {
    const [n, channels, height, width] = features.shape;
    const f = reshape(features, [n, channels, height * width]);
    const unit = mul(f, reciprocal(norm(network, reduceSum(square(f), [1]))));
    const heavy = mul(unit, constant(network.lin[k], [1, channels, 1]));
    weighted.push(heavy);
    energies.push(mul(meanAll(mul(unit, heavy)), channels));
  });
  return { weighted, energy: energies.reduce((a, b) => add(a, b)) };
}

/**
 * The distance of an image [1, 3, H, W] to a target, a scalar. The square is expanded, |u|^2 - 2 u.t + |t|^2, so that
 * the gradient costs one multiply-add a feature: features times a map plus the target times a map.
 */
export function perceptualDistance(network: PerceptualNetwork, image: Value, target: TargetFeatures): Value {
  const terms = network.features(image).map((features, k) => {
    const [n, channels, height, width] = features.shape;
    const f = reshape(features, [n, channels, height * width]);
    // Sums over channels as matrix products: [1, C] x [C, H * W].
    const squares = square(f);
    const ones = filled([1, 1, channels], 1);
    const length = norm(network, matMul(ones, squares));
    const scale = reciprocal(length);
    const weightedSquares = matMul(constant(network.lin[k], [1, 1, channels]), squares);
    const dots = matMul(ones, mul(f, target.weighted[k]));
    return meanAll(mul(sub(mul(weightedSquares, scale), mul(dots, 2)), scale));
  });
  return terms.reduce((a, b) => add(a, b), target.energy);
}

/** An image reduced to at most `size` pixels a side by averaging whole blocks, as the official projector does. */
export function atMost(image: Value, size: number): Value {
  let factor = 1;
  while (image.shape[2] / factor > size && image.shape[2] % (2 * factor) === 0) factor *= 2;
  return averagePool(image, factor);
}

function norm(network: PerceptualNetwork, squares: Value): Value {
  if (network.epsilon === 'inside-root') return sqrt(add(squares, EPSILON));
  return add(sqrt(add(squares, TINY)), EPSILON);
}
