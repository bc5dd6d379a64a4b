import { execFileSync } from 'node:child_process';
import { closeSync, openSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openSafetensors } from '../../server/weights/safetensors.ts';
import { built, call, dict, global, pickleChunks, tuple } from './pickle-writer.ts';
import { scratchFolder } from './scratch.ts';
import { torchPickleChunks } from './torch-writer.ts';

const scratch = scratchFolder();
const child = fileURLToPath(new URL('import-child.ts', import.meta.url));

/** 20 tensors of 19 MB, as large as the checkpoint of a StyleGAN2 of 1024 pixels. */
const count = 20;
/** Stored as text, half of the bytes take two. */
const textCount = 14;
const data = Float32Array.from({ length: 4_750_000 }, (_, i) => (i % 1000) / 1000);

const formats: [string, () => Uint8Array[]][] = [
  [
    'an NVIDIA pickle',
    () => {
      const storage = { type: 'FloatStorage', data };
      return torchPickleChunks((tensor) =>
        dict(
          Object.fromEntries(
            Array.from({ length: count }, (_, i) => [`w${i}`, tensor({ storage, shape: [data.length] })]),
          ),
        ),
      );
    },
  ],
  [
    'a TensorFlow pickle whose bytes are stored as text',
    () => {
      const type = call('numpy', 'dtype', 'f4', false, true);
      const empty = call(
        'numpy.core.multiarray',
        '_reconstruct',
        global('numpy', 'ndarray'),
        tuple(0),
        new Uint8Array(1),
      );
      const bytes = new Uint8Array(data.buffer);
      const array = built(empty, tuple(1, tuple(data.length), type, false, bytes));
      return pickleChunks(dict(Object.fromEntries(Array.from({ length: textCount }, (_, i) => [`w${i}`, array]))), 2);
    },
  ],
];

describe('a checkpoint of 380 MB', () => {
  const room = statfsSync(scratch.folder);
  const enough = room.bavail * room.bsize > 2e9;
  if (!enough) console.warn(`skipped: ${scratch.folder} has no room for large files, so their memory is not measured`);

  it.skipIf(!enough).each(formats)('is imported from %s in 1.2 GB and 20 s', (_name, make) => {
    const from = join(scratch.folder, 'large.pkl');
    const to = join(scratch.folder, 'large.safetensors');
    write(from, make());
    const output = execFileSync(process.execPath, ['--import', 'tsx', child, from, to], { encoding: 'utf8' });
    const { tensors, seconds, peakBytes } = JSON.parse(output);
    console.info(
      `${(statSync(from).size / 1e6).toFixed(0)} MB: ${seconds.toFixed(1)} s, ${(peakBytes / 1e6).toFixed(0)} MB`,
    );
    expect(peakBytes).toBeLessThan(1.2e9);
    expect(seconds).toBeLessThan(20);
    const written = openSafetensors(to);
    expect(written.tensors.size).toBe(tensors);
    expect(Buffer.compare(new Uint8Array(written.read('w0').buffer), new Uint8Array(data.buffer))).toBe(0);
    written.close();
  });
});

function write(path: string, chunks: readonly Uint8Array[]): void {
  const file = openSync(path, 'w');
  for (const chunk of chunks) for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
  closeSync(file);
}
