import { crc32, inflateRawSync } from 'node:zlib';
import { type ByteSource, memorySource, sliceSource } from './byte-source.ts';
import { beyondLimit, damaged, unsupported } from './errors.ts';

// Format: PKWARE APPNOTE.TXT 6.3. Only what PyTorch and NumPy write: stored or deflated entries, with or without zip64.

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const end64LocatorSignature = 0x07064b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;

const endSize = 22;
const maxComment = 0xffff;
/** Some 500,000 entries; checkpoints have a few thousand. */
const maxDirectory = 64 * 2 ** 20;
/** Deflate cannot do better than 1 to 1032. */
const maxRatio = 1032;
/** Deflated parts are unpacked in memory. PyTorch deflates none; NumPy's archives hold latents, not networks. */
const maxInflated = 2 ** 28;

interface Entry {
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly headerAt: number;
}

/** A zip archive whose entries are read when they are asked for. */
export interface ZipArchive {
  readonly names: readonly string[];
  /** Unpacked size of an entry; undefined where there is none of this name. */
  size(name: string): number | undefined;
  /** An entry's bytes: in place where it is stored, in memory where it is deflated. Throws where there is none. */
  open(name: string): ByteSource;
}

/** Whether a file that begins so is a zip archive with something in it. */
export const looksLikeZip = (head: Uint8Array): boolean =>
  head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));

/** Reads the directory of an archive. Throws FamiliarError where it is none, or not whole. */
export function openZip(source: ByteSource): ZipArchive {
  const entries = readDirectory(source);
  /** Tensors that share an entry are read one after the other: the last one unpacked serves them all. */
  let last: { name: string; unpacked: ByteSource } | undefined;
  return {
    names: [...entries.keys()],
    size: (name) => entries.get(name)?.size,
    open(name) {
      const entry = entries.get(name);
      if (!entry) throw damaged(source.name, `the part "${name}" is missing`);
      if (entry.method === 0) return checked(storedEntry(source, entry), entry, name);
      if (last?.name !== name) last = { name, unpacked: inflateEntry(source, entry, name) };
      return last.unpacked;
    },
  };
}

function readDirectory(source: ByteSource): Map<string, Entry> {
  const { at, size, count } = findDirectory(source);
  if (size > maxDirectory) throw beyondLimit(source.name, `its table of contents is ${size} bytes long`);
  const bytes = Buffer.from(source.read(at, size).buffer);
  const entries = new Map<string, Entry>();
  let offset = 0;
  for (let i = 0; i < count; i++) {
    if (offset + 46 > size || bytes.readUInt32LE(offset) !== centralSignature) {
      throw damaged(source.name, 'its table of contents cannot be read');
    }
    const nameEnd = offset + 46 + bytes.readUInt16LE(offset + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(offset + 30);
    if (extraEnd > size) throw damaged(source.name, 'its table of contents cannot be read');
    const name = bytes.toString('utf8', offset + 46, nameEnd);
    if (entries.has(name)) throw damaged(source.name, `it holds "${name}" twice`);
    entries.set(name, readEntry(source, bytes.subarray(offset, offset + 46), bytes.subarray(nameEnd, extraEnd)));
    offset = extraEnd + bytes.readUInt16LE(offset + 32);
  }
  return entries;
}

function readEntry(source: ByteSource, fixed: Buffer, extra: Buffer): Entry {
  if (fixed.readUInt16LE(8) & 1) throw unsupported(source.name, 'the archive needs a password; unpack it first');
  const large = zip64Values(extra);
  const wide = (value: number): number => (value === 0xffffffff ? (large.shift() ?? value) : value);
  // The order is that of the zip64 field.
  const size = wide(fixed.readUInt32LE(24));
  const packed = wide(fixed.readUInt32LE(20));
  const headerAt = wide(fixed.readUInt32LE(42));
  return { method: fixed.readUInt16LE(10), crc: fixed.readUInt32LE(16), packed, size, headerAt };
}

function zip64Values(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1 && end <= extra.byteLength) {
      const values: number[] = [];
      for (let value = at + 4; value + 8 <= end; value += 8) values.push(Number(extra.readBigUInt64LE(value)));
      return values;
    }
    at = end;
  }
  return [];
}

/** Place of the table of contents, which stands at the end: a half download has none. */
function findDirectory(source: ByteSource): { at: number; size: number; count: number } {
  const tailSize = Math.min(source.size, endSize + maxComment);
  const tail = Buffer.from(source.read(source.size - tailSize, tailSize).buffer);
  for (let at = tailSize - endSize; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== endSignature) continue;
    if (at + endSize + tail.readUInt16LE(at + 20) !== tailSize) continue;
    const found = {
      at: tail.readUInt32LE(at + 16),
      size: tail.readUInt32LE(at + 12),
      count: tail.readUInt16LE(at + 10),
    };
    return findDirectory64(source, source.size - tailSize + at) ?? found;
  }
  throw damaged(source.name, 'its end is missing');
}

function findDirectory64(source: ByteSource, endAt: number): { at: number; size: number; count: number } | undefined {
  if (endAt < 20) return undefined;
  const locator = Buffer.from(source.read(endAt - 20, 20).buffer);
  if (locator.readUInt32LE(0) !== end64LocatorSignature) return undefined;
  const end = Buffer.from(source.read(Number(locator.readBigUInt64LE(8)), 56).buffer);
  if (end.readUInt32LE(0) !== end64Signature) throw damaged(source.name, 'its end cannot be read');
  return {
    at: Number(end.readBigUInt64LE(48)),
    size: Number(end.readBigUInt64LE(40)),
    count: Number(end.readBigUInt64LE(32)),
  };
}

function storedEntry(source: ByteSource, entry: Entry): ByteSource {
  const local = Buffer.from(source.read(entry.headerAt, 30).buffer);
  if (local.readUInt32LE(0) !== localSignature)
    throw damaged(source.name, 'a part of the archive is not where it should be');
  const start = entry.headerAt + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  return sliceSource(source, start, entry.packed);
}

/** Makes sure that a whole read of an entry is what was written. */
function checked(stored: ByteSource, entry: Entry, name: string): ByteSource {
  if (entry.size !== entry.packed) throw damaged(stored.name, `the sizes of "${name}" contradict each other`);
  return {
    ...stored,
    read(offset, length) {
      const bytes = stored.read(offset, length);
      if (length === entry.size) checkSum(bytes, entry, stored.name, name);
      return bytes;
    },
  };
}

function inflateEntry(source: ByteSource, entry: Entry, name: string): ByteSource {
  if (entry.method !== 8)
    throw unsupported(source.name, `"${name}" is packed in a way that this program does not read`);
  if (entry.size > maxInflated || entry.size > (entry.packed + 1) * maxRatio) {
    throw beyondLimit(source.name, `"${name}" claims to be ${entry.size} bytes long`);
  }
  const stored = storedEntry(source, entry);
  const bytes = inflate(stored.read(0, stored.size), entry.size);
  if (!bytes) throw damaged(source.name, `"${name}" cannot be unpacked`);
  if (bytes.byteLength !== entry.size) throw damaged(source.name, `"${name}" is not as long as it should be`);
  checkSum(bytes, entry, source.name, name);
  return memorySource(source.name, bytes);
}

/** Unpacks into one piece of memory, with room to notice that there is more than `size`. */
function inflate(packed: Uint8Array, size: number): Uint8Array | undefined {
  try {
    return inflateRawSync(packed, { chunkSize: Math.max(size + 1, 64), maxOutputLength: size + 1 });
  } catch {
    return undefined;
  }
}

/** PyTorch can leave the sum out; it writes 0 then. */
function checkSum(bytes: Uint8Array, entry: Entry, file: string, name: string): void {
  if (entry.crc !== 0 && crc32(bytes) !== entry.crc) throw damaged(file, `"${name}" is not as it was written`);
}
