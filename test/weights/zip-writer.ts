import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipOptions {
  readonly deflate?: boolean;
  /** Sizes and places in the fields of zip64. */
  readonly zip64?: boolean;
  /** Leaves the sums out, as PyTorch can. */
  readonly noSums?: boolean;
  readonly comment?: string;
}

/** Writes zip archives, for tests. */
export function zip(entries: Readonly<Record<string, Uint8Array>>, options: ZipOptions = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, data] of Object.entries(entries)) {
    const packed = options.deflate ? deflateRawSync(data) : Buffer.from(data);
    const local = Buffer.concat([header(name, data, packed, options), Buffer.from(name), Buffer.alloc(7)]);
    local.writeUInt16LE(7, 28); // extra bytes that are only here, as PyTorch pads
    directory.push(central(name, data, packed, at, options));
    parts.push(local, packed);
    at += local.length + packed.length;
  }
  const table = Buffer.concat(directory);
  return Buffer.concat([...parts, table, end(directory.length, table.length, at, options)]);
}

function header(name: string, data: Uint8Array, packed: Buffer, { deflate, noSums }: ZipOptions): Buffer {
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(deflate ? 8 : 0, 8);
  local.writeUInt32LE(noSums ? 0 : crc32(data), 14);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(data.length, 22);
  local.writeUInt16LE(Buffer.byteLength(name), 26);
  return local;
}

function central(name: string, data: Uint8Array, packed: Buffer, at: number, options: ZipOptions): Buffer {
  const fixed = Buffer.alloc(46);
  fixed.writeUInt32LE(0x02014b50, 0);
  header(name, data, packed, options).copy(fixed, 6, 4, 30);
  const extra = options.zip64 ? zip64Extra(data.length, packed.length, at) : Buffer.alloc(0);
  fixed.writeUInt16LE(extra.length, 30);
  fixed.writeUInt32LE(at, 42);
  if (options.zip64) for (const field of [20, 24, 42]) fixed.writeUInt32LE(0xffffffff, field);
  return Buffer.concat([fixed, Buffer.from(name), extra]);
}

function zip64Extra(...values: number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, i) => {
    extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
  });
  return extra;
}

function end(count: number, size: number, at: number, { zip64, comment = '' }: ZipOptions): Buffer {
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x06054b50, 0);
  last.writeUInt16LE(zip64 ? 0xffff : count, 10);
  last.writeUInt32LE(zip64 ? 0xffffffff : size, 12);
  last.writeUInt32LE(zip64 ? 0xffffffff : at, 16);
  last.writeUInt16LE(comment.length, 20);
  const tail = Buffer.concat([last, Buffer.from(comment)]);
  if (!zip64) return tail;
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(BigInt(count), 32);
  end64.writeBigUInt64LE(BigInt(size), 40);
  end64.writeBigUInt64LE(BigInt(at), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(at + size), 8);
  return Buffer.concat([end64, locator, tail]);
}
