import { readString } from './string.ts';

/**
 * Guesses arguments that have no type tags: OSC 1.0 asks receivers to be robust where older senders leave them out. Text
 * of four characters or more is text; four bytes that make an int or float of everyday size are that; other short text
 * is text.
 *
 * @returns null where something is none of these, or there are too many
 */
export function readUntyped(bytes: Uint8Array, most: number): readonly (number | string)[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: (number | string)[] = [];
  let at = 0;
  while (at < bytes.byteLength && values.length < most) {
    const text = textAt(bytes, at);
    const number = at + 4 <= bytes.byteLength ? numberAt(view, at) : null;
    if (text && (text[0].length >= 4 || number === null)) {
      values.push(text[0]);
      at = text[1];
    } else if (number !== null) {
      values.push(number);
      at += 4;
    } else return null;
  }
  return at >= bytes.byteLength ? values : null;
}

/** Printable text that ends in a NUL and is padded with NULs; null where there is none. */
function textAt(bytes: Uint8Array, at: number): readonly [string, number] | null {
  const [text, next] = readString(bytes, at);
  const end = bytes.indexOf(0, at);
  const isPadded = end >= 0 && next <= bytes.byteLength && bytes.subarray(end, next).every((byte) => byte === 0);
  return isPadded && /^[^\p{Cc}\p{Cs}]+$/u.test(text) ? [text, next] : null;
}

/** Largest int that is taken for one: the bits of every float above 1.2e-38 make a larger one. */
const largestInt = 1_000_000;
const largestFloat = 1e9;
const smallestFloat = 1e-9;

function numberAt(view: DataView, at: number): number | null {
  const integer = view.getInt32(at);
  if (Math.abs(integer) <= largestInt) return integer;
  const float = view.getFloat32(at);
  const size = Math.abs(float);
  return size >= smallestFloat && size <= largestFloat ? sevenDigits(float) : null;
}

/** A float of 32 bits has seven digits: 0.1 is meant, not 0.10000000149. */
export const sevenDigits = (float: number): number => Number(float.toPrecision(7));
