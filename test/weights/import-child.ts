import { openWeights } from '../../server/weights/open-weights.ts';
import { writeSafetensors } from '../../server/weights/safetensors.ts';
import { peakMemory } from './peak-memory.ts';

/**
 * Run by large-file.test.ts: writes the weights of one file, or of a group in it, into another, and prints what that took
 * as JSON.
 */
const [from, to, group] = process.argv.slice(2) as [string, string, string];
const start = performance.now();
const opened = openWeights(from);
const tensors = (opened.kind === 'checkpoint' && opened.groups.get(group)) || opened.tensors;
const all = [...tensors.tensors].map(([name, { shape }]) => [name, { shape, data: () => tensors.read(name) }] as const);
await writeSafetensors(to, new Map(all));
opened.close();
const used = process.cpuUsage();
console.log(
  JSON.stringify({
    tensors: all.length,
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (used.user + used.system) / 1e6,
    peakBytes: peakMemory(),
  }),
);
