import { type ByteSource, memorySource, sliceSource } from './byte-source.ts';
import { damaged } from './errors.ts';

/**
 * What a pickle becomes: data without behaviour. Python's lists are arrays and its tuples frozen arrays, dicts are maps
 * in the order of the file; everything else that a constructor makes is an `Inert`.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly PickleValue[]
  | ReadonlyMap<PickleValue, PickleValue>
  | ReadonlySet<PickleValue>
  | Inert;

/** Where in the file something is asked for, and how to say that it cannot be. */
export interface Site {
  /** The path of the file. */
  readonly file: string;
  /** Byte offset in the file. */
  readonly at: number;
  /** The file contradicts itself here. */
  damaged(what: string): Error;
  /** What is asked for here is sound, but not supported. */
  unsupported(what: string): Error;
  /** Counts items or bytes that are copied: a few bytes of a file can ask for the same copy again and again. */
  spend(copied: number): void;
}

/** A value that is neither a scalar nor a container. */
export abstract class Inert {
  /** The values it holds, for walkers. */
  children(): Iterable<PickleValue> {
    return [];
  }

  /** Takes the state that Python would give to `__setstate__`. */
  build(_state: PickleValue, site: Site): void {
    throw site.damaged('a value is given a state that has none');
  }
}

/** Makes a value from the arguments of a class or function. Never runs anything of the file. */
export type Constructor = (args: readonly PickleValue[], site: Site) => PickleValue;

/** The closed list: constructors by the full Python name, such as `collections.OrderedDict`. */
export interface Constructors {
  get(path: string): Constructor | undefined;
}

/** A class or function of the closed list, mentioned by name. */
export class Global extends Inert {
  readonly path: string;
  readonly construct: Constructor;

  constructor(path: string, construct: Constructor) {
    super();
    this.path = path;
    this.construct = construct;
  }
}

/** An object of a listed class: its class, what it was made from, and its attributes. */
export class PickleObject extends Inert {
  readonly path: string;
  readonly args: readonly PickleValue[];
  state: PickleValue = null;

  constructor(path: string, args: readonly PickleValue[]) {
    super();
    this.path = path;
    this.args = args;
  }

  override children(): Iterable<PickleValue> {
    return [...this.args, this.state];
  }

  override build(state: PickleValue): void {
    this.state = state;
  }

  /** Attributes by name; empty where the state is no dict. */
  get attributes(): ReadonlyMap<PickleValue, PickleValue> {
    return isMap(this.state) ? this.state : new Map();
  }
}

/** A long text that stays in the file: nothing here needs more of it than its length. */
export class LongText extends Inert {
  readonly length: number;
  private readonly source: ByteSource;
  private readonly offset: number;
  private readonly encoding: 'utf-8' | 'latin-1';
  private latin1: Bytes | undefined;

  constructor(source: ByteSource, offset: number, length: number, encoding: 'utf-8' | 'latin-1') {
    super();
    this.source = source;
    this.offset = offset;
    this.length = length;
    this.encoding = encoding;
  }

  /** One byte a character, as Python's `text.encode('latin1')`: how bytes are stored up to protocol 2. */
  asLatin1(): Bytes {
    const decode = this.encoding === 'utf-8' ? decodeLatin1 : undefined;
    this.latin1 ??= new Bytes(this.source, this.offset, this.length, decode);
    return this.latin1;
  }
}

/** Bytes that stay in the file; their number is unknown until they are read where they are stored as text. */
export class Bytes extends Inert {
  private readonly source: ByteSource;
  private readonly offset: number;
  private readonly stored: number;
  private readonly decode: ((bytes: Uint8Array, file: string) => Uint8Array) | undefined;

  constructor(
    source: ByteSource,
    offset: number,
    stored: number,
    decode?: (bytes: Uint8Array, file: string) => Uint8Array,
  ) {
    super();
    this.source = source;
    this.offset = offset;
    this.stored = stored;
    this.decode = decode;
  }

  /** Number of bytes, where it is known without reading them. */
  get length(): number | undefined {
    return this.decode ? undefined : this.stored;
  }

  /** Random access; reads all of them at once only where they are stored as text. */
  open(): ByteSource {
    const { source, offset, stored } = this;
    if (!this.decode) return sliceSource(source, offset, stored);
    return memorySource(source.name, this.decode(source.read(offset, stored), source.name));
  }
}

/** UTF-8 text whose characters are all below 256, as one byte a character. */
function decodeLatin1(utf8: Uint8Array, file: string): Uint8Array {
  const out = new Uint8Array(utf8.byteLength);
  let size = 0;
  for (let i = 0; i < utf8.byteLength; i++) {
    const byte = utf8[i]!;
    if (byte < 0x80) {
      out[size++] = byte;
    } else {
      const next = utf8[++i] ?? 0;
      if ((byte & 0xfe) !== 0xc2 || (next & 0xc0) !== 0x80) throw damaged(file, 'bytes stored as text are no bytes');
      out[size++] = ((byte & 3) << 6) | (next & 0x3f);
    }
  }
  return out.subarray(0, size);
}

export const isMap = (value: PickleValue | undefined): value is ReadonlyMap<PickleValue, PickleValue> =>
  value instanceof Map;

export const isList = (value: PickleValue | undefined): value is readonly PickleValue[] => Array.isArray(value);

/** An integer as Python counts: 0, 1, 2 and so on, small enough to be exact. */
export const isCount = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** A tuple of counts: a shape, or strides. */
export const isShape = (value: PickleValue | undefined): value is readonly number[] =>
  isList(value) && value.length <= maxDimensions && value.every(isCount);

/** NumPy's own limit is 64, PyTorch's likewise; no network needs more than 8. */
const maxDimensions = 16;
