import { add, concat, matMul, mul, reciprocal, reduceMean, sqrt, square } from '../graph/ops.ts';
import { GraphError, type Value } from '../graph/value.ts';
import { dense } from './layers.ts';
import type { WeightReader } from './weight-reader.ts';

export interface Mapping {
  readonly zDim: number;
  readonly wDim: number;
  readonly cDim: number;
  readonly wAvg: Float32Array;
  /** z [N, zDim], c [N, cDim] -> w [N, wDim]. */
  run(z: Value, c?: Value): Value;
}

/** The mapping network: normalised z, and the label where there are classes, through fully connected layers. */
export function stylegan2Mapping(weights: WeightReader, multiplier: number): Mapping {
  const [wDim] = weights.shape('w_avg');
  const label = readLabel(weights);
  const [, firstInputs] = weights.shape('fc0.weight');
  const zDim = firstInputs - (label?.size ?? 0);
  const layers: ((x: Value) => Value)[] = [];
  while (weights.has(`fc${layers.length}.weight`)) {
    const name = `fc${layers.length}`;
    const [outputs, inputs] = weights.shape(`${name}.weight`);
    layers.push(dense(weights.at(name), { inputs, outputs, multiplier, activation: 'lrelu' }));
  }
  return {
    zDim,
    wDim,
    cDim: label?.classes ?? 0,
    wAvg: weights.read('w_avg', [wDim]),
    run: (z, c) => {
      if (label !== undefined && c === undefined) throw new GraphError('a conditional network needs class labels');
      const start = label === undefined || c === undefined ? normalized(z) : label.join(zDim > 0 ? [z] : [], c);
      return layers.reduce((x, layer) => layer(x), start);
    },
  };
}

/** How a network takes its label beside z. */
interface Label {
  readonly classes: number;
  /** Numbers that stand for a label. */
  readonly size: number;
  /** z [N, zDim], or nothing where zDim is 0, and c [N, classes] -> [N, zDim + size], normalised. */
  join(z: readonly Value[], c: Value): Value;
}

function readLabel(weights: WeightReader): Label | undefined {
  if (weights.has('label_concat.weight')) {
    // TensorFlow's StyleGAN and StyleGAN2: a vector for each class, normalised together with z.
    const [classes, size] = weights.shape('label_concat.weight');
    const vectors = weights.constant('label_concat.weight', [classes, size]);
    return { classes, size, join: (z, c) => normalized(concat([...z, matMul(c, vectors)], 1)) };
  }
  if (!weights.has('embed.weight')) return undefined;
  // StyleGAN2-ADA and later: an embedding, normalised by itself.
  const [size, classes] = weights.shape('embed.weight');
  const embed = dense(weights.at('embed'), { inputs: classes, outputs: size });
  return { classes, size, join: (z, c) => concat([...z.map(normalized), normalized(embed(c))], 1) };
}

/** Scales each row to a root mean square of 1. */
const normalized = (x: Value): Value => mul(x, reciprocal(sqrt(add(reduceMean(square(x), [1]), 1e-8))));
