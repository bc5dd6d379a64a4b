import { op } from '../../server/weights/pickle-opcodes.ts';

/** What the writer can write: data, and what `emitted` makes. */
export type Item =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Item[]
  | ReadonlyMap<Item, Item>
  | Emitted;

/** Something that writes itself. */
export class Emitted {
  readonly emit: (writer: PickleWriter) => void;
  constructor(emit: (writer: PickleWriter) => void) {
    this.emit = emit;
  }
}

/** Writes pickles as Python does, for tests: any protocol, and any nonsense by `raw`. */
export class PickleWriter {
  readonly protocol: number;
  readonly chunks: Uint8Array[] = [];
  private readonly memo = new Map<object, number>();

  constructor(protocol: number) {
    this.protocol = protocol;
  }

  raw(...bytes: number[]): this {
    this.chunks.push(Uint8Array.from(bytes));
    return this;
  }

  ascii(text: string): this {
    this.chunks.push(Buffer.from(text, 'latin1'));
    return this;
  }

  number(size: 1 | 2 | 4 | 8, value: number): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    this.chunks.push(bytes.subarray(0, size));
    return this;
  }

  item(item: Item): this {
    if (item === null) this.raw(op.NONE);
    else if (typeof item === 'boolean') this.boolean(item);
    else if (typeof item === 'number' && !Number.isInteger(item)) this.float(item);
    else if (typeof item === 'number' || typeof item === 'bigint') this.integer(BigInt(item));
    else if (typeof item === 'string') this.text(item);
    else if (item instanceof Uint8Array) this.bytes(item);
    else if (item instanceof Emitted) item.emit(this);
    else if (item instanceof Map) this.dict(item);
    else this.list(item as readonly Item[]);
    return this;
  }

  /** Written where it stands first, and taken from the memo from then on. */
  shared(key: object, write: () => void): void {
    const known = this.memo.get(key);
    if (known !== undefined) {
      if (this.protocol === 0) this.raw(op.GET).ascii(`${known}\n`);
      else this.raw(op.LONG_BINGET).number(4, known);
      return;
    }
    write();
    const index = this.memo.size;
    this.memo.set(key, index);
    if (this.protocol === 0) this.raw(op.PUT).ascii(`${index}\n`);
    else if (this.protocol >= 4) this.raw(op.MEMOIZE);
    else this.raw(op.BINPUT).number(1, index);
  }

  tuple(items: readonly Item[]): void {
    const short = [op.EMPTY_TUPLE, op.TUPLE1, op.TUPLE2, op.TUPLE3][items.length];
    if (short !== undefined && this.protocol >= 2) {
      for (const item of items) this.item(item);
      this.raw(short);
    } else {
      this.raw(op.MARK);
      for (const item of items) this.item(item);
      this.raw(op.TUPLE);
    }
  }

  global(module: string, name: string): void {
    if (this.protocol >= 4) this.item(module).item(name).raw(op.STACK_GLOBAL);
    else this.raw(op.GLOBAL).ascii(`${module}\n${name}\n`);
  }

  private boolean(value: boolean): void {
    if (this.protocol >= 2) this.raw(value ? op.NEWTRUE : op.NEWFALSE);
    else this.raw(op.INT).ascii(value ? '01\n' : '00\n');
  }

  private float(value: number): void {
    if (this.protocol === 0) {
      const name = Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
      this.raw(op.FLOAT).ascii(`${Number.isFinite(value) ? value : name}\n`);
      return;
    }
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    this.raw(op.BINFLOAT).raw(...bytes);
  }

  private integer(value: bigint): void {
    if (this.protocol === 0) this.raw(op.LONG).ascii(`${value}L\n`);
    else if (value >= 0n && value < 256n) this.raw(op.BININT1).number(1, Number(value));
    else if (value >= 0n && value < 65536n) this.raw(op.BININT2).number(2, Number(value));
    else if (BigInt.asIntN(32, value) === value) {
      this.raw(op.BININT).number(4, Number(BigInt.asUintN(32, value)));
    } else if (this.protocol === 1) this.raw(op.LONG).ascii(`${value}L\n`);
    else this.long(value);
  }

  private long(value: bigint): void {
    let length = 1;
    while (BigInt.asIntN(8 * length, value) !== value) length++;
    const bytes = Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
    this.raw(op.LONG1, length, ...bytes);
  }

  private text(text: string): void {
    const bytes = Buffer.from(text);
    if (this.protocol === 0) {
      const escaped = [...text].map((c) =>
        c === '\\' || c === '\n' || c > '\xff' ? `\\U${c.codePointAt(0)!.toString(16).padStart(8, '0')}` : c,
      );
      this.raw(op.UNICODE).ascii(`${escaped.join('')}\n`);
      return;
    }
    if (this.protocol >= 4 && bytes.length < 256) this.raw(op.SHORT_BINUNICODE).number(1, bytes.length);
    else this.raw(op.BINUNICODE).number(4, bytes.length);
    this.chunks.push(bytes);
  }

  private bytes(bytes: Uint8Array): void {
    if (this.protocol < 3) {
      this.item(call('_codecs', 'encode', Buffer.from(bytes).toString('latin1'), 'latin1'));
      return;
    }
    if (bytes.length < 256) this.raw(op.SHORT_BINBYTES).number(1, bytes.length);
    else this.raw(op.BINBYTES).number(4, bytes.length);
    this.chunks.push(bytes);
  }

  private list(items: readonly Item[]): void {
    if (this.protocol === 0) {
      this.raw(op.MARK, op.LIST);
      for (const item of items) this.item(item).raw(op.APPEND);
      return;
    }
    this.raw(op.EMPTY_LIST, op.MARK);
    for (const item of items) this.item(item);
    this.raw(op.APPENDS);
  }

  private dict(map: ReadonlyMap<Item, Item>): void {
    if (this.protocol === 0) {
      this.raw(op.MARK, op.DICT);
      for (const [key, value] of map) this.item(key).item(value).raw(op.SETITEM);
      return;
    }
    this.raw(op.EMPTY_DICT, op.MARK);
    for (const [key, value] of map) this.item(key).item(value);
    this.raw(op.SETITEMS);
  }
}

export const emitted = (emit: (writer: PickleWriter) => void): Emitted => new Emitted(emit);

export const tuple = (...items: Item[]): Emitted => emitted((writer) => writer.tuple(items));

export const global = (module: string, name: string): Emitted => emitted((writer) => writer.global(module, name));

/** `module.name(*args)` */
export const call = (module: string, name: string, ...args: Item[]): Emitted =>
  emitted((writer) =>
    writer
      .item(global(module, name))
      .item(tuple(...args))
      .raw(op.REDUCE),
  );

/** `module.name.__new__(...)` with a state. */
export const object = (module: string, name: string, state: Item): Emitted =>
  emitted((writer) => {
    writer.item(global(module, name)).item(tuple());
    writer
      .raw(writer.protocol >= 2 ? op.NEWOBJ : op.REDUCE)
      .item(state)
      .raw(op.BUILD);
  });

/** What `item` writes, with a state. */
export const built = (item: Item, state: Item): Emitted =>
  emitted((writer) => writer.item(item).item(state).raw(op.BUILD));

/** A reference to data outside of the pickle. */
export const persistent = (id: Item): Emitted => emitted((writer) => writer.item(id).raw(op.BINPERSID));

/** The same thing wherever it is written. */
export function shared(item: Item): Emitted {
  const key = {};
  return emitted((writer) => writer.shared(key, () => writer.item(item)));
}

/** A dict of texts. */
export const dict = (entries: Readonly<Record<string, Item>>): Map<Item, Item> => new Map(Object.entries(entries));

/** The parts of a whole pickle; large data is in parts of its own. */
export function pickleChunks(item: Item, protocol = 4): Uint8Array[] {
  const writer = new PickleWriter(protocol);
  if (protocol >= 2) writer.raw(op.PROTO, protocol);
  return writer.item(item).raw(op.STOP).chunks;
}

export const pickle = (item: Item, protocol = 4): Buffer => Buffer.concat(pickleChunks(item, protocol));
