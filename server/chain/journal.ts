import { type FileHandle, open, readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { fileError } from '../files/errors.ts';
import { writeWhole } from '../files/write-whole.ts';
import { privateFile } from './private-files.ts';

/**
 * An append-only file of records, of which a power cut at any byte costs at most the one being written, and a damaged
 * byte at most the one that holds it:
 *
 * | at | type   | field                                       |
 * |----|--------|---------------------------------------------|
 * |  0 | 4 x u8 | 'FFJ1', where the reader finds its way again |
 * |  4 | u32 LE | length of the payload, bytes                |
 * |  8 | u32 LE | CRC-32 of the length and the payload        |
 * | 12 |        | payload                                     |
 */
const marker = Buffer.from('FFJ1', 'latin1');
const headerBytes = 12;
/** The noise maps of the largest network have 5.6 MB in half precision; nothing we write comes near this. */
const largestPayload = 32 * 2 ** 20;

/** A record as it stands in the file. */
export function encodeRecord(payload: Uint8Array): Buffer {
  if (payload.byteLength > largestPayload) throw new RangeError(`a record of ${payload.byteLength} bytes`);
  const record = Buffer.alloc(headerBytes + payload.byteLength);
  marker.copy(record);
  record.writeUInt32LE(payload.byteLength, 4);
  record.set(payload, headerBytes);
  record.writeUInt32LE(checksum(record, 0, payload.byteLength), 8);
  return record;
}

export interface JournalContents {
  /** Views into what was read. */
  readonly payloads: readonly Uint8Array[];
  /** Where the last whole record ends: appending goes on there. */
  readonly end: number;
}

/** All whole records in bytes of unknown state. Never throws. */
export function decodeJournal(bytes: Uint8Array): JournalContents {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const payloads: Uint8Array[] = [];
  let end = 0;
  for (let at = buffer.indexOf(marker); at >= 0; ) {
    const length = lengthAt(buffer, at);
    if (length === null) {
      at = buffer.indexOf(marker, at + 1);
      continue;
    }
    end = at + headerBytes + length;
    payloads.push(buffer.subarray(at + headerBytes, end));
    at = buffer.indexOf(marker, end);
  }
  return { payloads, end };
}

/** Reads a journal; an absent file is an empty one. */
export async function readJournal(path: string): Promise<JournalContents> {
  try {
    return decodeJournal(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { payloads: [], end: 0 };
    throw fileError(path, error);
  }
}

function lengthAt(buffer: Buffer, at: number): number | null {
  if (at + headerBytes > buffer.length) return null;
  const length = buffer.readUInt32LE(at + 4);
  if (length > largestPayload || at + headerBytes + length > buffer.length) return null;
  return buffer.readUInt32LE(at + 8) === checksum(buffer, at, length) ? length : null;
}

/** The length is part of it: a file that a power cut left full of zeros has no records. */
const checksum = (buffer: Buffer, at: number, length: number): number =>
  crc32(buffer.subarray(at + headerBytes, at + headerBytes + length), crc32(buffer.subarray(at + 4, at + 8)));

/**
 * Makes records smaller where they stand, which takes no room on the disk; zeros fill what is left of each. A power cut
 * costs at most the one being written. Tells where the records begin, in bytes; an absent file has none.
 *
 * @param from byte where the first of them begins
 * @param shrink tells what is left of their payloads, none longer than it was
 */
export async function shrinkRecords(
  path: string,
  from: number,
  shrink: (payloads: readonly Uint8Array[]) => readonly Uint8Array[],
): Promise<number[]> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, 'r+');
    const bytes = Buffer.alloc(Math.max(0, (await file.stat()).size - from));
    await file.read(bytes, 0, bytes.length, from);
    const { payloads } = decodeJournal(bytes);
    const starts = payloads.map(({ byteOffset }) => from + byteOffset - bytes.byteOffset - headerBytes);
    for (const [i, payload] of shrink(payloads).entries()) {
      const filler = payloads[i].byteLength - payload.byteLength;
      if (filler > 0) await writeWhole(file, Buffer.concat([encodeRecord(payload), Buffer.alloc(filler)]), starts[i]);
    }
    await file.datasync();
    return starts;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fileError(path, error);
  } finally {
    await file?.close();
  }
}

/** The one writer of a journal. */
export class JournalWriter {
  readonly #path: string;
  readonly #file: FileHandle;
  #end: number;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(path: string, file: FileHandle, end: number) {
    this.#path = path;
    this.#file = file;
    this.#end = end;
  }

  /** Opens `path`, making it where it is absent, to append from `end` on; what stands behind `end` is cut off. */
  static async open(path: string, end = 0): Promise<JournalWriter> {
    try {
      const file = await open(path, end === 0 ? 'w' : 'r+', privateFile);
      await file.truncate(end);
      return new JournalWriter(path, file, end);
    } catch (error) {
      throw fileError(path, error);
    }
  }

  /**
   * Appends a record; it is on the disk when this resolves. Where it cannot be written (DISK_FULL, ...), what stood there
   * before stays whole, and the next attempt may succeed.
   */
  append(payload: Uint8Array): Promise<void> {
    return this.#inTurn(async () => {
      const record = encodeRecord(payload);
      try {
        await writeWhole(this.#file, record, this.#end);
        await this.#file.datasync();
        this.#end += record.length;
      } catch (error) {
        // The rest of a broken attempt is no record; cutting it off gives the space back where there is none.
        await this.#file.truncate(this.#end).catch(() => undefined);
        throw fileError(this.#path, error);
      }
    });
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#file.close());
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
