import { type Graph, topologicalOrder } from './graph.ts';
import { sizeOf, type Value } from './value.ts';

/**
 * Nominal floating-point operations of one run: two for each multiply-add of the convolutions and matrix products, as
 * if computed directly. Faster algorithms do fewer, which is why it is a yardstick and not a count.
 */
export function nominalFlops(graph: Graph): number {
  return topologicalOrder(Object.values(graph.outputs)).reduce((sum, value) => sum + 2 * multiplyAdds(value), 0);
}

function multiplyAdds(value: Value): number {
  const [x, weight] = value.inputs;
  switch (value.op) {
    case 'Conv':
      return sizeOf(value.shape) * sizeOf(weight.shape.slice(1));
    case 'ConvTranspose':
      return sizeOf(x.shape) * sizeOf(weight.shape.slice(1));
    case 'MatMul':
      return sizeOf(value.shape) * x.shape[x.shape.length - 1];
    default:
      return 0;
  }
}
