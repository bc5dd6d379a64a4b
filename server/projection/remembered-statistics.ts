import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FamiliarError } from '../errors.ts';
import { toOnnx } from '../graph/onnx.ts';
import { input } from '../graph/ops.ts';
import type { Generator } from '../networks/generator.ts';
import { WeightReader } from '../networks/weight-reader.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { openSafetensors, writeSafetensors } from '../weights/safetensors.ts';
import { type WStatistics, wStatistics } from './w-statistics.ts';

/** Packs that are remembered at once, 2 kB each; the oldest goes first. */
const kept = 32;
/** To be raised when `wStatistics` comes to count otherwise. */
const version = 1;

/**
 * `wStatistics`, remembered in a folder: half of what an engine's start would take. A file is called by the hash of all
 * that its numbers follow from, the mapping network itself among it, so that nothing there is ever out of date. One that
 * is damaged is made anew, and a folder that cannot be written is no reason not to start.
 */
export async function rememberedStatistics(
  runtime: Runtime,
  generator: Generator,
  folder: string,
): Promise<WStatistics> {
  const path = join(folder, `w-${keyOf(runtime, generator)}.safetensors`);
  const known = read(path, generator.wDim);
  if (known !== undefined) return known;
  const statistics = await wStatistics(runtime, generator);
  try {
    mkdirSync(folder, { recursive: true });
    await write(path, statistics);
    forgetOldest(folder);
  } catch {
    // A read-only or full disk: it is measured again the next time.
  }
  return statistics;
}

function keyOf(runtime: Runtime, generator: Generator): string {
  const mapping = toOnnx({ outputs: { w: generator.mapping(input('z', [1, generator.zDim])) } });
  return createHash('sha256').update(`${version} ${runtime.name}\n`).update(mapping).digest('hex');
}

const digest = (mean: Float32Array, std: number): string =>
  createHash('sha256')
    .update(new Uint8Array(mean.buffer, mean.byteOffset, mean.byteLength))
    .update(`${std}`)
    .digest('hex');

function read(path: string, wDim: number): WStatistics | undefined {
  try {
    const file = openSafetensors(path);
    try {
      const mean = new WeightReader(file, path).read('mean', [wDim]);
      const std = Number(file.metadata.std);
      return file.metadata.sha256 === digest(mean, std) ? { mean, std } : undefined;
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof FamiliarError) return undefined;
    throw error;
  }
}

/** The spread is a text, which keeps all of its digits. */
const write = (path: string, { mean, std }: WStatistics): Promise<void> =>
  writeSafetensors(
    path,
    { mean: { shape: [mean.length], data: mean } },
    { std: String(std), sha256: digest(mean, std) },
  );

function forgetOldest(folder: string): void {
  const files = readdirSync(folder)
    .filter((name) => /^w-[0-9a-f]{64}\.safetensors$/.test(name))
    .map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }));
  for (const { path } of files.sort((a, b) => b.at - a.at).slice(kept)) rmSync(path, { force: true });
}
