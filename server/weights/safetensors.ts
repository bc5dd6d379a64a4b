import { writeChunksAtomic } from '../files/atomic.ts';
import { type ByteSource, openFile } from './byte-source.ts';
import { elementBytes, elementCount, isDType, maxElements, toFloat32 } from './elements.ts';
import { beyondLimit, damaged, missingTensor, unsupported } from './errors.ts';
import { floatToHalf } from './f16.ts';
import type { TensorFile, TensorInfo } from './tensor-file.ts';

// Format: https://huggingface.co/docs/safetensors/index#format
// u64 little-endian N | N bytes JSON header | data. Offsets count from the start of the data.

/** Some 100,000 tensors; the largest networks we know have 2,000. */
const maxHeader = 16 * 2 ** 20;
const metadataKey = '__metadata__';

interface Entry extends TensorInfo {
  readonly start: number;
  readonly end: number;
}

/** Opens a safetensors file, checks its whole header, and reads tensors when they are asked for. */
export function openSafetensors(path: string): TensorFile {
  const source = openFile(path);
  try {
    return readSafetensors(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

/** Like `openSafetensors`, from any source of bytes, which it closes with the file. */
export function readSafetensors(source: ByteSource): TensorFile {
  const header = readHeader(source);
  return {
    metadata: header.metadata,
    tensors: header.entries,
    read(name) {
      const entry = header.entries.get(name);
      if (!entry) throw missingTensor(source.name, name);
      return toFloat32(entry.dtype, source.read(header.dataStart + entry.start, entry.end - entry.start));
    },
    close: () => source.close(),
  };
}

/** Whether these first bytes (10 or more) are a safetensors header: its length, then JSON. */
export function looksLikeSafetensors(head: Uint8Array): boolean {
  if (head.byteLength < 10) return false;
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
  return (
    length >= 2n &&
    length <= 2n ** 32n &&
    head[8] === 0x7b &&
    (head[9] === 0x22 || head[9] === 0x7d || head[9]! <= 0x20)
  );
}

function readHeader(source: ByteSource): {
  metadata: Record<string, string>;
  entries: Map<string, Entry>;
  dataStart: number;
} {
  const prefix = source.read(0, 8);
  const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (length > maxHeader) throw beyondLimit(source.name, `its list of tensors is said to be ${length} bytes long`);
  const json = parseJson(source, source.read(8, length));
  const { [metadataKey]: metadata, ...named } = json;
  const entries = new Map(Object.entries(named).map(([name, value]) => [name, readEntry(source, name, value)]));
  const dataStart = 8 + length;
  checkLayout(source, entries, source.size - dataStart);
  return { metadata: readMetadata(source, metadata), entries, dataStart };
}

function parseJson(source: ByteSource, bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    if (isRecord(value)) return value;
  } catch {
    // Said below.
  }
  throw damaged(source.name, 'its list of tensors is no valid JSON object');
}

function readMetadata(source: ByteSource, value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (isRecord(value) && Object.values(value).every((text) => typeof text === 'string')) {
    return value as Record<string, string>;
  }
  throw damaged(source.name, 'its metadata are not texts');
}

function readEntry(source: ByteSource, name: string, value: unknown): Entry {
  if (!isRecord(value)) throw damaged(source.name, `tensor "${name}" is not described`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDType(dtype)) throw unsupported(source.name, `tensor "${name}" has the element type ${String(dtype)}`);
  const count = Array.isArray(shape) ? elementCount(shape) : undefined;
  if (count === undefined) throw damaged(source.name, `tensor "${name}" has no valid shape`);
  if (count > maxElements) throw beyondLimit(source.name, `tensor "${name}" has ${count} values`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((at) => Number.isSafeInteger(at) && at >= 0)) {
    throw damaged(source.name, `tensor "${name}" has no valid place`);
  }
  const [start, end] = offsets as [number, number];
  if (end - start !== count * elementBytes[dtype]) {
    throw damaged(
      source.name,
      `tensor "${name}" has ${end - start} bytes, but its shape needs ${count * elementBytes[dtype]}`,
    );
  }
  return { dtype, shape: shape as number[], start, end };
}

/** The format wants every byte of the data to belong to exactly one tensor. */
function checkLayout(source: ByteSource, entries: ReadonlyMap<string, Entry>, size: number): void {
  let at = 0;
  for (const [name, { start, end }] of [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end)) {
    if (start < at) throw damaged(source.name, `tensor "${name}" overlaps another`);
    if (start > at) throw damaged(source.name, `there is a gap before tensor "${name}"`);
    at = end;
  }
  if (at > size) throw damaged(source.name, `it ends after ${size} bytes of data, but ${at} are needed`);
  if (at < size) throw damaged(source.name, `${size - at} bytes at its end belong to no tensor`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A tensor to write; F16 rounds to half precision. Data given by a function is made when it is written, so that a large
 * file is never in memory.
 */
export interface WritableTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | (() => Float32Array);
  readonly dtype?: 'F32' | 'F16';
}

/**
 * Writes a safetensors file atomically (see `replaceFile`). Float32 tensors come first, so that each is aligned; within
 * a type the order is kept.
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, WritableTensor>> | ReadonlyMap<string, WritableTensor>,
  metadata: Readonly<Record<string, string>> = {},
  mode?: number,
): Promise<void> {
  const all = tensors instanceof Map ? [...tensors] : Object.entries(tensors as Record<string, WritableTensor>);
  const sorted = [...all.filter(([, t]) => t.dtype !== 'F16'), ...all.filter(([, t]) => t.dtype === 'F16')];
  await writeChunksAtomic(path, chunksOf(sorted, metadata), mode);
}

function* chunksOf(
  tensors: readonly (readonly [string, WritableTensor])[],
  metadata: Readonly<Record<string, string>>,
): Generator<Uint8Array> {
  yield headerOf(tensors, metadata);
  for (const [name, { shape, data, dtype }] of tensors) {
    const values = typeof data === 'function' ? data() : data;
    if (values.length !== elementCount(shape)) {
      throw new Error(`tensor "${name}" of shape [${shape.join(', ')}] has ${values.length} values`);
    }
    const stored = dtype === 'F16' ? floatToHalf(values) : values;
    yield new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  }
}

function headerOf(
  tensors: readonly (readonly [string, WritableTensor])[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [[metadataKey, metadata]] : [];
  let at = 0;
  for (const [name, { shape, dtype = 'F32' }] of tensors) {
    if (name === metadataKey) throw new Error(`a tensor cannot be called "${name}"`);
    const end = at + (elementCount(shape) ?? Number.NaN) * elementBytes[dtype];
    header.push([name, { dtype, shape, data_offsets: [at, end] }]);
    at = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const padded = Math.ceil(json.byteLength / 8) * 8;
  const bytes = new Uint8Array(8 + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, 8);
  return bytes;
}
