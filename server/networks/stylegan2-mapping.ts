import { add, concat, mul, reciprocal, reduceMean, sqrt, square } from '../graph/ops.ts';
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

/** The mapping network: normalised z (and normalised embedding of the label) through fully connected layers. */
export function stylegan2Mapping(weights: WeightReader, multiplier: number): Mapping {
  const [wDim] = weights.shape('w_avg');
  const [embedDim, cDim] = weights.has('embed.weight') ? weights.shape('embed.weight') : [0, 0];
  const [, firstInputs] = weights.shape('fc0.weight');
  const zDim = firstInputs - embedDim;
  const embed = cDim > 0 ? dense(weights.at('embed'), { inputs: cDim, outputs: embedDim }) : undefined;
  const layers: ((x: Value) => Value)[] = [];
  while (weights.has(`fc${layers.length}.weight`)) {
    const name = `fc${layers.length}`;
    const [outputs, inputs] = weights.shape(`${name}.weight`);
    layers.push(dense(weights.at(name), { inputs, outputs, multiplier, activation: 'lrelu' }));
  }
  return {
    zDim,
    wDim,
    cDim,
    wAvg: weights.read('w_avg', [wDim]),
    run: (z, c) => {
      const parts = zDim > 0 ? [normalized(z)] : [];
      if (embed !== undefined) {
        if (c === undefined) throw new GraphError('a conditional network needs class labels');
        parts.push(normalized(embed(c)));
      }
      return layers.reduce((x, layer) => layer(x), concat(parts, 1));
    },
  };
}

/** Scales each row to a root mean square of 1. */
const normalized = (x: Value): Value => mul(x, reciprocal(sqrt(add(reduceMean(square(x), [1]), 1e-8))));
