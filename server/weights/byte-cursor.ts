import type { ByteSource } from './byte-source.ts';
import { beyondLimit, damaged } from './errors.ts';

const windowSize = 2 ** 16;

/** Reads a source from front to back through a small window; what is skipped is never read. */
export class ByteCursor {
  readonly source: ByteSource;
  private offset: number;
  private window: Uint8Array = new Uint8Array(0);
  private view = new DataView(this.window.buffer);
  private windowStart = 0;
  /** Place in the window of what was taken last. */
  private at = 0;

  constructor(source: ByteSource, offset = 0) {
    this.source = source;
    this.offset = offset;
  }

  /** Offset of the next byte in the source. */
  get position(): number {
    return this.offset;
  }

  u8(): number {
    return this.ahead(1).getUint8(this.at);
  }

  u16(): number {
    return this.ahead(2).getUint16(this.at, true);
  }

  u32(): number {
    return this.ahead(4).getUint32(this.at, true);
  }

  i32(): number {
    return this.ahead(4).getInt32(this.at, true);
  }

  /** An unsigned 64-bit length or place. Throws where it is beyond every file. */
  u64(): number {
    const value = this.ahead(8).getBigUint64(this.at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(this.source.name, 'it names a place that cannot be');
    return Number(value);
  }

  /** A float64 in big-endian order, as pickles have it. */
  f64be(): number {
    return this.ahead(8).getFloat64(this.at, false);
  }

  bytes(length: number): Uint8Array {
    if (length <= windowSize) {
      const at = this.take(length);
      return this.window.slice(at, at + length);
    }
    const bytes = this.source.read(this.offset, length);
    this.offset += length;
    return bytes;
  }

  /** Goes to another place, forward or back. Reading there fails where the source ends earlier. */
  moveTo(position: number): void {
    this.offset = position;
  }

  /** Passes over `length` bytes, which must exist, and returns where they start. */
  skip(length: number): number {
    const start = this.offset;
    if (!(length >= 0 && start + length <= this.source.size)) {
      const { name, base, size } = this.source;
      throw damaged(name, `it ends at byte ${base + size}, but byte ${base + start + length} is needed`);
    }
    this.offset += length;
    return start;
  }

  /** The bytes before the next newline, which is passed over. */
  line(limit: number): Uint8Array {
    const parts: Uint8Array[] = [];
    const start = this.offset;
    for (;;) {
      const at = this.take(1);
      const end = this.window.indexOf(0x0a, at);
      const part = this.window.subarray(at, end < 0 ? undefined : end);
      parts.push(part);
      this.offset += part.byteLength - (end < 0 ? 1 : 0);
      if (this.offset - start > limit + 1) {
        throw beyondLimit(this.source.name, `a line at byte ${this.source.base + start} is too long`);
      }
      if (end >= 0) return parts.length === 1 ? part.slice() : Buffer.concat(parts);
    }
  }

  /** The window with `length` bytes in it from `at`; to be read at once. */
  private ahead(length: number): DataView {
    this.at = this.take(length);
    return this.view;
  }

  /** Makes `length` (at most the window's size) bytes available and returns their place in the window. */
  private take(length: number): number {
    let at = this.offset - this.windowStart;
    if (at < 0 || at + length > this.window.byteLength) {
      const ahead = Math.max(length, Math.min(windowSize, this.source.size - this.offset));
      this.window = this.source.read(this.offset, ahead);
      this.view = new DataView(this.window.buffer, this.window.byteOffset);
      this.windowStart = this.offset;
      at = 0;
    }
    this.offset += length;
    return at;
  }
}
