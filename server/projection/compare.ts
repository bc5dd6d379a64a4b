import { input } from '../graph/ops.ts';
import { atMost, type PerceptualNetwork, perceptualDistance, targetFeatures } from '../networks/perceptual.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** Measures how different two pictures look: both [3, size, size] in -1..1; 0 for the same picture. */
export interface Comparer {
  distance(a: Float32Array, b: Float32Array): Promise<number>;
  dispose(): Promise<void>;
}

/** Compiles a perceptual network into a comparer of pictures of width x height, averaged down to at most `size` px. */
export async function createComparer(
  runtime: Runtime,
  network: PerceptualNetwork,
  width: number,
  height = width,
  size = Number.POSITIVE_INFINITY,
): Promise<Comparer> {
  const shape = [1, 3, height, width];
  const [a, b] = [atMost(input('a', shape), size), atMost(input('b', shape), size)];
  const distance = perceptualDistance(network, a, targetFeatures(network, b));
  const graph = await runtime.compile({ outputs: { distance } });
  return {
    // Rounding can take the distance of equal pictures a hair below zero.
    distance: async (a, b) => Math.max(0, (await graph.run({ a, b })).distance[0]),
    dispose: () => graph.dispose(),
  };
}
