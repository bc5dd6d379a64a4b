import osc from 'osc-js';
import { messageLimits, type OscValue, readMessage } from './message.ts';

export type { OscValue };

/** The part of osc-js used here; its own types describe its default export as something else. */
const { TypedMessage } = osc as unknown as {
  readonly TypedMessage: new (
    address: string,
    args: readonly unknown[],
  ) => { add(type: 'i' | 'f' | 's', value: number | string): void; pack(): Uint8Array };
};

export const oscLimits = {
  /** Largest packet, bytes. */
  packet: 8_192,
  /** Bundles within bundles. */
  depth: 4,
  /** Messages in one packet. */
  messages: 256,
  ...messageLimits,
} as const;

export interface OscMessage {
  readonly address: string;
  readonly values: readonly OscValue[];
  /** When it is to be done, ms since 1970; null for at once. */
  readonly at: number | null;
}

/** A message that cannot be used, in a packet whose others can. */
export interface UnreadMessage {
  /** Null where not even that is known. */
  readonly address: string | null;
  readonly problem: string;
}

export interface OscPacket {
  readonly messages: readonly OscMessage[];
  readonly unread: readonly UnreadMessage[];
}

interface Found {
  readonly messages: OscMessage[];
  readonly unread: UnreadMessage[];
}

/**
 * Reads a packet of unknown origin: a message, or a bundle of messages and bundles, which may be of any size and type. A
 * message that cannot be used takes no other with it.
 *
 * @returns null where it is no packet, or a larger one than `oscLimits` allows
 */
export function readPacket(packet: Uint8Array): OscPacket | null {
  if (packet.byteLength > oscLimits.packet) return null;
  const found: Found = { messages: [], unread: [] };
  return readElement(packet, null, 0, found) ? found : null;
}

const bundleHead = '#bundle\0';

/** False where the whole packet is to be refused. */
function readElement(bytes: Uint8Array, at: number | null, depth: number, found: Found): boolean {
  if (String.fromCharCode(...bytes.subarray(0, 8)) === bundleHead) return readBundle(bytes, depth, found);
  if (found.messages.length + found.unread.length >= oscLimits.messages) return false;
  const message = readMessage(bytes);
  if (message === null && depth === 0) return false;
  if (message === null) found.unread.push({ address: null, problem: 'It has no address.' });
  else if ('problem' in message) found.unread.push(message);
  else found.messages.push({ ...message, at });
  return true;
}

function readBundle(bytes: Uint8Array, depth: number, found: Found): boolean {
  if (depth >= oscLimits.depth || bytes.byteLength < 16) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = readTimeTag(view.getUint32(8), view.getUint32(12));
  let offset = 16;
  while (offset + 4 <= bytes.byteLength) {
    const start = offset + 4;
    const end = start + view.getUint32(offset);
    if (end > bytes.byteLength) return false;
    // An element of size 0 is padding.
    if (end > start && !readElement(bytes.subarray(start, end), at, depth + 1, found)) return false;
    offset = end;
  }
  return true;
}

/** Seconds between 1900, where OSC (as NTP) counts from, and 1970. */
const since1900 = 2_208_988_800;

/** NTP time to ms since 1970; null for "immediately" (the tag 0 1, and 0 0 of careless senders). */
export function readTimeTag(seconds: number, fraction: number): number | null {
  if (seconds === 0) return null;
  return (seconds - since1900) * 1_000 + (fraction / 2 ** 32) * 1_000;
}

/** A number that is sent as an integer. */
export interface OscInteger {
  readonly integer: number;
}

/** A message to send: numbers go as floats, since receivers bind a control to one type; `OscInteger` as int32. */
export function writeMessage(address: string, values: readonly (number | string | boolean | OscInteger)[]): Uint8Array {
  const message = new TypedMessage(address, []);
  for (const value of values) {
    if (typeof value === 'number') message.add('f', value);
    else if (typeof value === 'string') message.add('s', utf8(value));
    // As numbers, because many controllers do not know true and false.
    else if (typeof value === 'boolean') message.add('i', value ? 1 : 0);
    else message.add('i', value.integer);
  }
  return message.pack();
}

/** osc-js writes one byte a character: these are the bytes of UTF-8, as it reads. */
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
