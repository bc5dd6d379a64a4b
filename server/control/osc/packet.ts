import osc from 'osc-js';

/** The parts of osc-js used here; its own types describe its default export as something else. */
interface OscJsMessage {
  readonly address: string;
  readonly types: string;
  readonly args: readonly unknown[];
  add(type: 'i' | 'f' | 's', value: number | string): void;
  pack(): Uint8Array;
  /** Returns where it stopped reading. */
  unpack(view: DataView): number;
}
const { Message, TypedMessage } = osc as unknown as {
  readonly Message: new (address: string) => OscJsMessage;
  readonly TypedMessage: new (address: string, args: readonly unknown[]) => OscJsMessage;
};

export const oscLimits = {
  /** Largest packet, bytes. */
  packet: 8_192,
  /** Bundles within bundles. */
  depth: 4,
  /** Messages in one packet. */
  messages: 256,
  /** Longest address. */
  address: 200,
  /** Arguments of one message. */
  arguments: 16,
} as const;

export type OscValue = number | string | boolean | null;

export interface OscMessage {
  readonly address: string;
  readonly values: readonly OscValue[];
  /** When it is to be done, ms since 1970; null for at once. */
  readonly at: number | null;
}

/**
 * Reads a packet of unknown origin: a message, or a bundle of messages and bundles. Bundles are taken apart here, by the
 * sizes they state, because osc-js reads a bundle inside a bundle to the end of the packet; the messages are its own.
 *
 * @returns null where it is not a well-formed packet
 */
export function readPacket(packet: Uint8Array): readonly OscMessage[] | null {
  if (packet.byteLength > oscLimits.packet) return null;
  const messages: OscMessage[] = [];
  try {
    return readElement(packet, null, 0, messages) ? messages : null;
  } catch {
    // osc-js throws on what it cannot read.
    return null;
  }
}

const bundleHead = '#bundle\0';

function readElement(bytes: Uint8Array, at: number | null, depth: number, messages: OscMessage[]): boolean {
  if (bytes.byteLength < 8 || bytes.byteLength % 4 !== 0) return false;
  if (String.fromCharCode(...bytes.subarray(0, 8)) === bundleHead) return readBundle(bytes, depth, messages);
  if (messages.length >= oscLimits.messages) return false;
  const message = readMessage(bytes, at);
  if (message) messages.push(message);
  return message !== null;
}

function readBundle(bytes: Uint8Array, depth: number, messages: OscMessage[]): boolean {
  if (depth >= oscLimits.depth || bytes.byteLength < 16) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = readTimeTag(view.getUint32(8), view.getUint32(12));
  let offset = 16;
  while (offset < bytes.byteLength) {
    const size = offset + 4 <= bytes.byteLength ? view.getUint32(offset) : 0;
    const end = offset + 4 + size;
    if (size === 0 || end > bytes.byteLength) return false;
    if (!readElement(bytes.subarray(offset + 4, end), at, depth + 1, messages)) return false;
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

function readMessage(bytes: Uint8Array, at: number | null): OscMessage | null {
  // osc-js reads blobs from the start of the buffer: a copy of its own makes that right.
  const view = new DataView(Uint8Array.from(bytes).buffer);
  const message = new Message('/');
  if (message.unpack(view) > bytes.byteLength) return null;
  const { address, types, args } = message;
  if (!types.startsWith(',') || address.length > oscLimits.address || args.length > oscLimits.arguments) return null;
  const values = args.map((value: unknown, index: number) => plain(value, types[index + 1]));
  return values.every((value) => value !== undefined) ? { address, values: values as OscValue[], at } : null;
}

/** Types of arguments that addresses of ours take; the others are blobs, times, colours, MIDI, characters and lists. */
const ourTypes: ReadonlySet<string> = new Set('ifdhsTFNI');

/** An argument as we use it; undefined where it is none of ours. */
function plain(value: unknown, type: string): OscValue | undefined {
  if (!ourTypes.has(type)) return undefined;
  // A float of 32 bits has seven digits: 0.1 is meant, not 0.10000000149.
  if (type === 'f') return Number((value as number).toPrecision(7));
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
    return value;
  return undefined;
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
