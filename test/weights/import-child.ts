import { openWeights } from '../../server/weights/open-weights.ts';
import { writeSafetensors } from '../../server/weights/safetensors.ts';

/** Run by large-file.test.ts: writes all weights of one file into another, and prints what that took as JSON. */
const [from, to] = process.argv.slice(2) as [string, string];
const start = performance.now();
const { tensors, close } = openWeights(from);
const all = [...tensors.tensors].map(([name, { shape }]) => [name, { shape, data: () => tensors.read(name) }] as const);
await writeSafetensors(to, new Map(all));
close();
console.log(
  JSON.stringify({
    tensors: all.length,
    seconds: (performance.now() - start) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
