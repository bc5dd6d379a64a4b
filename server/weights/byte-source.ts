import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { FamiliarError } from '../errors.ts';
import { fileError } from '../files/errors.ts';
import { beyondLimit, damaged } from './errors.ts';

/** Random access to bytes that are read when they are needed: a file, a part of one, or memory. */
export interface ByteSource {
  /** What messages call it: the path of the file. */
  readonly name: string;
  readonly size: number;
  /** Where the first byte stands in the file, so that messages name the place a person would find in it. */
  readonly base: number;
  /** `length` bytes from `offset` in memory of their own. Throws FamiliarError where the source ends earlier. */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/** Most bytes read at once; one tensor of half a billion float32 values. */
const maxRead = 2 ** 31;
/** Linux and Node read less than 2 GiB a call. */
const maxCall = 2 ** 30;

/** Opens a file for reading by parts. The caller closes it. */
export function openFile(path: string): ByteSource {
  let fd: number | undefined;
  try {
    // A named pipe is opened at once, and then refused, instead of waiting for somebody to write into it.
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = fstatSync(fd);
    if (stat.isDirectory()) {
      throw new FamiliarError('FILE_IS_FOLDER', `${path}: this is a folder, a file is needed here.`);
    }
    if (!stat.isFile()) throw new FamiliarError('FILE_FAILED', `${path}: this is no ordinary file.`);
    return new FileSource(path, fd, stat.size);
  } catch (cause) {
    if (fd !== undefined) closeSync(fd);
    throw fileError(path, cause);
  }
}

/** Bytes that are in memory already. */
export function memorySource(name: string, memory: Uint8Array): ByteSource {
  // A Buffer's own slice does not copy.
  const bytes = new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength);
  return {
    name,
    size: bytes.byteLength,
    base: 0,
    read(offset, length) {
      checkRange(this, offset, length);
      return bytes.slice(offset, offset + length);
    },
    close() {},
  };
}

/** `length` bytes of `source` from `offset` as a source of their own. Closing it leaves the whole open. */
export function sliceSource(source: ByteSource, offset: number, length: number): ByteSource {
  checkRange(source, offset, length, Number.POSITIVE_INFINITY);
  return {
    name: source.name,
    size: length,
    base: source.base + offset,
    read(at, count) {
      checkRange(this, at, count);
      return source.read(offset + at, count);
    },
    close() {},
  };
}

class FileSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly base = 0;
  private fd: number | undefined;

  constructor(name: string, fd: number, size: number) {
    this.name = name;
    this.fd = fd;
    this.size = size;
  }

  read(offset: number, length: number): Uint8Array {
    if (this.fd === undefined) throw new Error(`${this.name} was read after it was closed`);
    checkRange(this, offset, length);
    // Not from Node's shared pool: callers keep views of it, aligned for every element type.
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      let got: number;
      try {
        got = readSync(this.fd, bytes, at, Math.min(length - at, maxCall), offset + at);
      } catch (cause) {
        throw fileError(this.name, cause);
      }
      if (got === 0) throw damaged(this.name, 'it became shorter while it was read');
      at += got;
    }
    return bytes;
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }
}

function checkRange(source: ByteSource, offset: number, length: number, limit = maxRead): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw damaged(source.name, 'it names a place that cannot be');
  }
  if (offset + length > source.size) {
    const { base, size } = source;
    throw damaged(source.name, `it ends at byte ${base + size}, but byte ${base + offset + length} is needed`);
  }
  if (length > limit) throw beyondLimit(source.name, `${length} bytes belong together`);
}
