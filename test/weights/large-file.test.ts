import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, statfsSync, statSync, writeSync } from 'node:fs';
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
    const { tensors, seconds, cpuSeconds, peakBytes } = run(from, to);
    console.info(
      `${(statSync(from).size / 1e6).toFixed(0)} MB: ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of the processor, ${(peakBytes / 1e6).toFixed(0)} MB`,
    );
    expect(peakBytes).toBeLessThan(1.2e9);
    expect(cpuSeconds).toBeLessThan(20);
    const written = openSafetensors(to);
    expect(written.tensors.size).toBe(tensors);
    expect(Buffer.compare(new Uint8Array(written.read('w0').buffer), new Uint8Array(data.buffer))).toBe(0);
    written.close();
  });
});

/** Stands for a gigabyte that takes no room on the disk: files are sparse there. */
const hole = new Float32Array(2 ** 28);

describe('a training checkpoint of 3 GB', () => {
  it('costs what is read of it, not its size', () => {
    const from = join(scratch.folder, 'huge.pkl');
    const to = join(scratch.folder, 'huge.safetensors');
    const stored = (values: Float32Array) => ({ type: 'FloatStorage', data: values });
    const small = data.subarray(0, 250_000);
    write(
      from,
      torchPickleChunks((tensor) => {
        const optimiser = [0, 1, 2].map(() => tensor({ storage: stored(hole.subarray()), shape: [hole.length] }));
        return dict({ g_optim: optimiser, g_ema: dict({ w0: tensor({ storage: stored(small), shape: [250_000] }) }) });
      }),
    );
    expect(statSync(from).size).toBeGreaterThan(3e9);
    const { tensors, seconds, peakBytes } = run(from, to, 'g_ema');
    console.info(`3 GB: ${seconds.toFixed(1)} s, ${(peakBytes / 1e6).toFixed(0)} MB`);
    expect(tensors).toBe(1);
    expect(peakBytes).toBeLessThan(4e8);
    const written = openSafetensors(to);
    expect(written.read('w0')).toEqual(small);
    written.close();
  });
});

interface Run {
  readonly tensors: number;
  readonly seconds: number;
  /** Of the processor; waiting for other programs does not count. */
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

/** Copies the tensors of one group of a file, or all, in a process of its own. */
const run = (from: string, to: string, group = ''): Run =>
  JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', child, from, to, group], { encoding: 'utf8' }));

function write(path: string, chunks: readonly Uint8Array[]): void {
  const file = openSync(path, 'w');
  let end = 0;
  for (const chunk of chunks) {
    if (chunk.buffer === hole.buffer) end += chunk.length;
    else
      for (let at = 0; at < chunk.length; ) {
        const written = writeSync(file, chunk, at, chunk.length - at, end);
        at += written;
        end += written;
      }
  }
  ftruncateSync(file, end);
  closeSync(file);
}
