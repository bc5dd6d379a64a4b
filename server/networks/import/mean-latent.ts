import { input } from '../../graph/ops.ts';
import { RandomState } from '../../projection/random.ts';
import { startEngine } from '../../runtime/start-engine.ts';
import { loadGenerator } from '../architectures.ts';
import type { GeneratorImport } from './generator-import.ts';
import { MappedTensors } from './mapped-tensors.ts';

const name = 'mapping.w_avg';
const batch = 256;
const batches = 40;

/**
 * The generator with a mean latent: training checkpoints of rosinality's code keep none, so that it is measured over
 * 10,240 random latents, as that code does itself. Others come back as they are.
 */
export async function withMeanLatent(found: GeneratorImport, source: string): Promise<GeneratorImport> {
  const { tensors } = found;
  const last = [...tensors.tensors].findLast(([key]) => /^mapping\.fc\d+\.bias$/.test(key));
  if (tensors.tensors.has(name) || !last) return found;
  const complete = new MappedTensors(source, tensors.metadata);
  for (const [key, { shape }] of tensors.tensors) complete.add(key, shape, () => tensors.read(key));
  const [wDim] = last[1].shape;
  complete.add(name, [wDim], () => new Float32Array(wDim));
  const generator = loadGenerator(found.architecture, complete, source);
  const runtime = await startEngine('cpu');
  const mapping = await runtime.compile({ outputs: { w: generator.mapping(input('z', [batch, generator.zDim])) } });
  const random = new RandomState(123);
  const sum = new Float64Array(wDim);
  for (let i = 0; i < batches; i++) {
    const { w } = await mapping.run({ z: random.normals(batch * generator.zDim) });
    for (let k = 0; k < w.length; k++) sum[k % wDim] += w[k];
  }
  complete.add(name, [wDim], () => Float32Array.from(sum, (x) => x / (batch * batches)));
  return { ...found, tensors: complete };
}
