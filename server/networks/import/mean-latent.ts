import { wStatistics } from '../../projection/w-statistics.ts';
import { startEngine } from '../../runtime/start-engine.ts';
import { loadGenerator } from '../architectures.ts';
import { ofClass } from '../class-label.ts';
import type { GeneratorImport } from './generator-import.ts';
import { MappedTensors } from './mapped-tensors.ts';

const name = 'mapping.w_avg';
const samples = 10_240;

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
  const runtime = await startEngine('cpu');
  const generator = ofClass(loadGenerator(found.architecture, complete, source), 0);
  const { mean } = await wStatistics(runtime, generator, { samples });
  await runtime.dispose();
  complete.add(name, [wDim], () => mean);
  return { ...found, tensors: complete };
}
