import { padded, readString } from './string.ts';
import { readUntyped, sevenDigits } from './untyped.ts';

/** A value of OSC as we use it. */
export type OscValue = number | string | boolean | null;

/** What one message says, or why it cannot be used. */
export type ReadMessage =
  | { readonly address: string; readonly values: readonly OscValue[] }
  | { readonly address: string; readonly problem: string };

export const messageLimits = {
  /** Longest address, characters. */
  address: 200,
  /** Arguments of one message. */
  arguments: 16,
} as const;

/**
 * Reads one message. Forgives what real programs do: a last string without its NULs, an address without its NUL before
 * the type tags, bytes after the last argument, text in Latin-1, and no type tags at all, as OSC 1.0 asks.
 *
 * @returns null where the bytes do not begin with an address
 */
export function readMessage(bytes: Uint8Array): ReadMessage | null {
  const [first, next] = readString(bytes, 0);
  const [address, tags, start] = splitTags(first) ?? [first, ...readTags(bytes, next)];
  if (!address.startsWith('/') || address.length > messageLimits.address) return null;
  if (tags === null) return readWithoutTags(address, bytes.subarray(next));
  if (tags.length > messageLimits.arguments) return { address, problem: 'The message has too many arguments.' };
  return readArguments(address, tags, bytes, start);
}

/** An address whose NUL is missing runs into its type tags; only patterns have commas of their own, in braces. */
function splitTags(text: string): readonly [address: string, tags: string, start: number] | null {
  const at = text.indexOf(',');
  if (at < 0 || at % 4 !== 0 || text.includes('{')) return null;
  return [text.slice(0, at), text.slice(at + 1), padded(text.length + 1)];
}

/** Type tags without their comma, and where the arguments begin; null where there are no tags. */
function readTags(bytes: Uint8Array, at: number): readonly [tags: string | null, start: number] {
  const [text, start] = readString(bytes, at);
  return text.startsWith(',') ? [text.slice(1), start] : [null, at];
}

function readWithoutTags(address: string, bytes: Uint8Array): ReadMessage {
  const values = readUntyped(bytes, messageLimits.arguments);
  return values ? { address, values } : { address, problem: 'The message has no type tags.' };
}

function readArguments(address: string, tags: string, bytes: Uint8Array, start: number): ReadMessage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: OscValue[] = [];
  let at = start;
  for (const tag of tags) {
    if (!Object.hasOwn(sizes, tag)) return { address, problem: `Type ${named(tag)} is not understood here.` };
    const size = sizes[tag as Tag];
    if (at + size > bytes.byteLength) return { address, problem: 'The message ends before its last argument.' };
    if (tag === 's' || tag === 'S') {
      const [text, next] = readString(bytes, at);
      values.push(text);
      at = next;
    } else {
      values.push(read(tag as Tag, view, at));
      at += size;
    }
  }
  return { address, values };
}

/** The types that addresses of ours take, and the bytes that each takes at least. */
const sizes = { i: 4, f: 4, h: 8, d: 8, s: 1, S: 1, T: 0, F: 0, N: 0, I: 0 } as const;
type Tag = keyof typeof sizes;

function read(tag: Tag, view: DataView, at: number): OscValue {
  switch (tag) {
    case 'i':
      return view.getInt32(at);
    case 'h':
      return Number(view.getBigInt64(at));
    case 'f':
      return sevenDigits(view.getFloat32(at));
    case 'd':
      return view.getFloat64(at);
    case 'T':
      return true;
    case 'F':
      return false;
    default:
      // The bang: N, or I.
      return null;
  }
}

/** Types of OSC 1.0 that no address here takes. */
const names: Readonly<Record<string, string>> = {
  b: 'b (blob)',
  t: 't (time)',
  r: 'r (colour)',
  m: 'm (MIDI)',
  c: 'c (character)',
  '[': '[ (list)',
};

const named = (tag: string): string => names[tag] ?? (/^[!-~]$/.test(tag) ? tag : '?');
