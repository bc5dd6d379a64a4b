import { recognise } from '../../server/networks/import/recognise.ts';
import { openWeights } from '../../server/weights/open-weights.ts';
import { peakMemory } from './peak-memory.ts';

/** Run by hostile.test.ts: opens and looks at each file, and prints how each ended, and the peak of memory, as JSON. */
const results = process.argv.slice(2).map((path) => {
  const start = performance.now();
  let said: string;
  try {
    const opened = openWeights(path);
    const seen = recognise(opened);
    for (const name of opened.kind === 'checkpoint' ? opened.tensors.tensors.keys() : []) opened.tensors.read(name);
    opened.close();
    said = seen?.missing.join() || 'read';
  } catch (error) {
    said = `${(error as Error).name}: ${(error as Error).message}`;
  }
  return { said, milliseconds: performance.now() - start };
});
console.log(JSON.stringify({ results, peakBytes: peakMemory() }));
