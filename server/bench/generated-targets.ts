import { constant, input } from '../graph/ops.ts';
import type { Generator } from '../networks/generator.ts';
import { repeatW } from '../projection/latent.ts';
import { RandomState } from '../projection/random.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** Faces drawn by the generator itself, [3, R, R] each: targets where no portraits are at hand. */
export async function generatedTargets(generator: Generator, runtime: Runtime, count: number): Promise<Float32Array[]> {
  const { zDim, wDim, numWs, noiseMaps } = generator;
  const mapping = await runtime.compile({ outputs: { w: generator.mapping(input('z', [1, zDim])) } });
  const noise = noiseMaps.map((map) => constant(map.stored, [1, 1, map.size, map.size]));
  const synthesis = await runtime.compile({
    outputs: { image: generator.synthesis(input('ws', [1, numWs, wDim]), noise) },
  });
  const random = new RandomState(1);
  const targets: Float32Array[] = [];
  for (let i = 0; i < count; i++) {
    const { w } = await mapping.run({ z: random.normals(zDim) });
    targets.push((await synthesis.run({ ws: repeatW(w, numWs) })).image);
  }
  await mapping.dispose();
  await synthesis.dispose();
  return targets;
}
