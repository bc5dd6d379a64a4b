import { constant } from '../graph/ops.ts';
import type { Generator } from './generator.ts';

/**
 * One class of a conditional network as a network without classes, whose mapping takes z alone; a network that has none
 * comes back as it is. `label` counts from 0.
 */
export function ofClass(generator: Generator, label: number): Generator {
  const { cDim } = generator;
  if (cDim === 0) return generator;
  return {
    ...generator,
    cDim: 0,
    mapping: (z) => {
      const [n] = z.shape;
      const rows = new Float32Array(n * cDim);
      for (let i = 0; i < n; i++) rows[i * cDim + label] = 1;
      return generator.mapping(z, constant(rows, [n, cDim]));
    },
  };
}
