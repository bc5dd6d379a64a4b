import { describe, expect, it } from 'vitest';
import { recognise } from '../../server/networks/import/recognise.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';
import { openWeights } from '../../server/weights/open-weights.ts';
import { hasReference, referencePath } from '../reference.ts';
import { checkMeanLatent, checkReference } from './reference-network.ts';
import { openReference, referenceFiles, referenceProblem } from './reference-problem.ts';

const small = referenceFiles.filter(([, , resolution]) => resolution === 32);

describe.skipIf(!hasReference)('public files are recognised', () => {
  it.each(referenceFiles)('%s', (file, architecture, resolution) => {
    const opened = openWeights(referencePath(file));
    const title = expect.stringContaining(`${resolution} x ${resolution}`);
    expect(recognise(opened)).toMatchObject({ title, missing: [] });
    opened.close();
    const generator = openReference(file);
    expect(generator).toMatchObject({ architecture, resolution });
    checkMeanLatent(file, generator);
  });
});

describe.skipIf(!hasReference).each(['cpu', 'tensorflow'] as const)(
  'public files give the images and gradients of the public code: %s',
  async (engine) => {
    const runtime = await startEngine(engine);
    // TensorFlow.js is held to the small networks only: it is slow.
    it.each(engine === 'cpu' ? referenceFiles : small)('%s', async (file) => {
      const { graph, feeds } = referenceProblem(file);
      const compiled = await runtime.compile(graph);
      checkReference(file, await compiled.run(feeds));
      await compiled.dispose();
    });
  },
);
