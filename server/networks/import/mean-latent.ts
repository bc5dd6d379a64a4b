import { wStatistics } from '../../projection/w-statistics.ts';
import { startEngine } from '../../runtime/start-engine.ts';
import { loadGenerator } from '../architectures.ts';
import { ofClass } from '../class-label.ts';
import type { GeneratorImport } from './generator-import.ts';
import { MappedTensors } from './mapped-tensors.ts';

const name = 'mapping.w_avg';
const samples = 10_240;
const note = `The file has no mean latent: it was measured over ${samples.toLocaleString('en-US')} random faces.`;

/**
 * The generator with zeros for a mean latent that it lacks, to look at its other parts; others come back as they are.
 */
export function withPlaceForMean(found: GeneratorImport): GeneratorImport {
  const { tensors } = found;
  const last = [...tensors.tensors].findLast(([key]) => /^mapping\.fc\d+\.bias$/.test(key));
  return tensors.tensors.has(name) || !last ? found : withMean(found, new Float32Array(last[1].shape[0]));
}

/**
 * The generator with a mean latent: training checkpoints of rosinality's code keep none, so that it is measured over
 * 10,240 random latents, as that code does itself. Others come back as they are.
 */
export async function withMeanLatent(found: GeneratorImport, source: string): Promise<GeneratorImport> {
  const complete = withPlaceForMean(found);
  if (complete === found) return found;
  const runtime = await startEngine('cpu');
  const generator = ofClass(loadGenerator(found.architecture, complete.tensors, source), 0);
  const { mean } = await wStatistics(runtime, generator, { samples });
  await runtime.dispose();
  return withMean(found, mean);
}

function withMean(found: GeneratorImport, mean: Float32Array): GeneratorImport {
  const { tensors } = found;
  const complete = new MappedTensors(found.title, tensors.metadata);
  for (const [key, { shape }] of tensors.tensors) complete.add(key, shape, () => tensors.read(key));
  complete.add(name, [mean.length], () => mean);
  return { ...found, notes: [...found.notes, note], tensors: complete };
}
