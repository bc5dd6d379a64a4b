import { isIP } from 'node:net';

/**
 * Writes ASN.1 values in the distinguished encoding (ITU-T X.690): as much of it as a certificate needs. Every function
 * returns a whole value: tag, length, content.
 */
export type Der = Buffer;

const element = (tag: number, ...content: readonly Uint8Array[]): Der => {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.of(tag), lengthOf(body.length), body]);
};

/** Below 128 in one byte, else the number of bytes that follow, and those. */
function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const bytes = bigEndian(length);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

function bigEndian(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}

export const sequence = (...content: readonly Der[]): Der => element(0x30, ...content);
export const set = (...content: readonly Der[]): Der => element(0x31, ...content);
export const isTrue = (): Der => element(0x01, Buffer.of(0xff));
export const octetString = (bytes: Uint8Array): Der => element(0x04, bytes);
export const text = (value: string): Der => element(0x0c, Buffer.from(value, 'utf8'));

/** A non-negative integer from its big-endian bytes. */
export function integer(bytes: Uint8Array): Der {
  const from = bytes.findIndex((byte) => byte !== 0);
  const digits = from < 0 ? Buffer.of(0) : Buffer.from(bytes.subarray(from));
  // A first bit that is set would be a sign.
  return element(0x02, digits[0] & 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

/** Bits, of which the last `unused` (0..7) of the last byte do not count. */
export const bitString = (bytes: Uint8Array, unused = 0): Der => element(0x03, Buffer.of(unused), bytes);

/** An object identifier such as '2.5.29.17'. */
export function objectIdentifier(dotted: string): Der {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = [40 * first + second, ...rest].flatMap((number) => {
    const groups = [number & 0x7f];
    for (let left = number >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return element(0x06, Buffer.from(bytes));
}

/** A moment, ms since 1970, to the second: with two digits of the year until 2049, as certificates want it (RFC 5280). */
export function time(at: number): Der {
  const digits = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  return Number(digits.slice(0, 4)) < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits));
}

/** [number] EXPLICIT. */
export const explicit = (number: number, content: Der): Der => element(0xa0 | number, content);

/** [number] IMPLICIT, of primitive content such as bytes or text. */
export const implicit = (number: number, content: Uint8Array): Der => element(0x80 | number, content);

/** The 4 or 16 bytes of an IP address. Throws RangeError where it is none. */
export function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  if (isIP(address) !== 6) throw new RangeError(`${address} is no IP address`);
  const [head, tail] = address.split('%')[0].split('::');
  const words = (part: string | undefined) =>
    (part ? part.split(':') : []).flatMap((word) =>
      word.includes('.') ? [...addressBytes(word)] : [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 0xff],
    );
  const [before, after] = [words(head), words(tail)];
  return Buffer.from([...before, ...new Array<number>(16 - before.length - after.length).fill(0), ...after]);
}
