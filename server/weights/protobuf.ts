import type { ByteCursor } from './byte-cursor.ts';
import { damaged } from './errors.ts';

// Protobuf's wire format, https://protobuf.dev/programming-guides/encoding. Protobuf libraries want a whole message in
// memory, and refuse those of 2 GB; here the weights are passed over and only their places are kept.

/** A field of a message: a number, or the place of its bytes. */
export interface WireField {
  readonly number: number;
  /** Value of an integer field, 0 for others: numbers of fixed size are not read. */
  readonly value: bigint;
  /** First byte and number of bytes of a text, message or packed list; -1 and 0 for other fields. */
  readonly start: number;
  readonly length: number;
}

/** The fields of the message from where the cursor stands up to `end`. The caller may move the cursor in between. */
export function* wireFields(cursor: ByteCursor, end: number): Generator<WireField> {
  const { name } = cursor.source;
  while (cursor.position < end) {
    const tag = Number(readVarint(cursor));
    const number = Math.floor(tag / 8);
    if (number < 1) throw damaged(name, `a field at byte ${cursor.source.base + cursor.position} has no number`);
    switch (tag % 8) {
      case 0:
        yield { number, value: readVarint(cursor), start: -1, length: 0 };
        continue;
      case 1:
        cursor.skip(8);
        yield { number, value: 0n, start: -1, length: 0 };
        continue;
      case 5:
        cursor.skip(4);
        yield { number, value: 0n, start: -1, length: 0 };
        continue;
      case 2: {
        const length = Number(readVarint(cursor));
        const next = cursor.position + length;
        if (next > end) throw damaged(name, `a field at byte ${cursor.source.base + cursor.position} is too long`);
        yield { number, value: 0n, start: cursor.position, length };
        cursor.moveTo(next);
        continue;
      }
      default:
        throw damaged(name, `a field at byte ${cursor.source.base + cursor.position} has an unknown form`);
    }
  }
}

/** An unsigned integer of 7 bits a byte, at most 64 bits. */
export function readVarint(cursor: ByteCursor): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.u8();
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw damaged(cursor.source.name, `an integer at byte ${cursor.source.base + cursor.position} does not end`);
}
