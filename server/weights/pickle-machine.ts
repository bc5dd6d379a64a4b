import type { ByteCursor } from './byte-cursor.ts';
import { beyondLimit, damaged, forbiddenClass, unsupported } from './errors.ts';
import { Bytes, type Constructors, Global, LongText, type PickleValue, type Site } from './pickle-values.ts';

/** Bounds of what a file may ask for. */
export interface PickleLimits {
  /** Instructions, and so values. The largest known checkpoints have 200,000. */
  readonly instructions: number;
  /** Lists, dicts, sets, tuples, objects, and texts and bytes that stay in the file. */
  readonly containers: number;
  /** Containers inside one another. */
  readonly depth: number;
  /** Values remembered to be used again. */
  readonly memo: number;
  /** Bytes of all texts held in memory; long texts and bytes stay in the file. */
  readonly textBytes: number;
  /** Items and bytes that constructors copy. */
  readonly copied: number;
}

export const defaultLimits: PickleLimits = {
  instructions: 5_000_000,
  containers: 500_000,
  depth: 200,
  memo: 1_000_000,
  textBytes: 64 * 2 ** 20,
  copied: 64 * 2 ** 20,
};

export interface UnpickleOptions {
  /** What may be made, by full Python name. */
  readonly constructors: Constructors;
  /** Meaning of persistent ids; without it they are errors. */
  readonly persistent?: (id: PickleValue, site: Site) => PickleValue;
  readonly limits?: PickleLimits;
}

/** Longer texts stay in the file. */
const maxInlineText = 4096;
/** A protocol 0 line; arrays of several MB are found there. */
const maxLine = 16 * 2 ** 20;

/** The state of a pickle that is being read: the stack, its marks and the memo, with their limits. */
export class PickleMachine {
  readonly cursor: ByteCursor;
  readonly limits: PickleLimits;
  private readonly options: UnpickleOptions;
  private readonly stack: PickleValue[] = [];
  /** Heights of the stack at the open MARKs. */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private containers = 0;
  private textBytes = 0;
  private copied = 0;
  /** Place of the instruction in hand in the source. */
  private at = 0;

  constructor(cursor: ByteCursor, options: UnpickleOptions) {
    this.cursor = cursor;
    this.options = options;
    this.limits = options.limits ?? defaultLimits;
  }

  /** The next instruction's opcode; errors name its place from here on. */
  next(): number {
    this.at = this.cursor.position;
    return this.cursor.u8();
  }

  get file(): string {
    return this.cursor.source.name;
  }

  /** The instruction in hand, for errors. */
  site(): Site {
    const { file, place } = this;
    return {
      file,
      at: place,
      damaged: (what) => damaged(file, `byte ${place}: ${what}`),
      unsupported: (what) => unsupported(file, `byte ${place} holds ${what}, which this program does not read`),
      spend: (copied) => this.spend(copied),
    };
  }

  damaged(what: string): Error {
    return this.site().damaged(what);
  }

  beyondLimit(what: string): Error {
    return beyondLimit(this.file, `${what} (byte ${this.place})`);
  }

  /** What a parser returned, or an error where it could not. */
  known<T>(value: T | undefined, what: string): T {
    if (value === undefined) throw this.damaged(`${what} cannot be read`);
    return value;
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  /** Pushes a value that costs memory even where it is empty. */
  pushContainer(value: PickleValue): void {
    if (++this.containers > this.limits.containers) {
      throw this.beyondLimit(`it has more than ${this.limits.containers} lists and objects`);
    }
    this.stack.push(value);
  }

  pushTuple(items: PickleValue[]): void {
    this.pushContainer(Object.freeze(items));
  }

  pushText(length: number, encoding: 'utf-8' | 'latin-1'): void {
    const { cursor } = this;
    if (length > maxInlineText) {
      this.pushContainer(new LongText(cursor.source, cursor.skip(length), length, encoding));
    } else {
      this.count(length);
      const text = Buffer.from(cursor.bytes(length).buffer);
      this.push(text.toString(encoding === 'utf-8' ? 'utf8' : 'latin1'));
    }
  }

  pushBytes(length: number): void {
    this.pushContainer(new Bytes(this.cursor.source, this.cursor.skip(length), length));
  }

  /** A line of protocol 0, one character a byte. */
  line(): string {
    const bytes = this.cursor.line(maxLine);
    this.count(bytes.byteLength);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  }

  pop(): PickleValue {
    return this.popMany(1)[0]!;
  }

  popMany(count: number): PickleValue[] {
    this.need(count);
    return this.stack.splice(this.stack.length - count);
  }

  top(): PickleValue {
    this.need(1);
    return this.stack.at(-1)!;
  }

  mark(): void {
    if (this.marks.length >= this.limits.depth) {
      throw this.beyondLimit(`its data is nested more than ${this.limits.depth} deep`);
    }
    this.marks.push(this.stack.length);
  }

  popToMark(): PickleValue[] {
    const height = this.marks.pop();
    if (height === undefined) throw this.damaged('a mark is missing');
    return this.stack.splice(height);
  }

  /** Drops the topmost thing, which may be a MARK: Python 2 wrote that. */
  drop(): void {
    if (this.marks.length > 0 && this.stack.length === this.floor) this.marks.pop();
    else this.pop();
  }

  get memoSize(): number {
    return this.memo.size;
  }

  remember(index: number): void {
    this.memo.set(index, this.top());
    if (this.memo.size > this.limits.memo) throw this.beyondLimit(`it remembers over ${this.limits.memo} values`);
  }

  recall(index: number): void {
    this.push(this.known(this.memo.get(index), `value ${index} of the memo`));
  }

  pushGlobal(module: PickleValue, name: PickleValue): void {
    this.pushContainer(this.find(module, name));
  }

  find(module: PickleValue, name: PickleValue): Global {
    if (typeof module !== 'string' || typeof name !== 'string') throw this.damaged('a class has no name');
    const path = `${module}.${name}`;
    const construct = this.options.constructors.get(path);
    if (!construct) throw forbiddenClass(this.file, path, this.place);
    return new Global(path, construct);
  }

  construct(target: PickleValue, args: PickleValue): void {
    if (!(target instanceof Global)) throw this.damaged('something is called that is no class');
    if (!Array.isArray(args)) throw this.damaged(`${target.path} is called without arguments`);
    this.pushContainer(target.construct(args, this.site()));
  }

  persistent(id: PickleValue): void {
    if (!this.options.persistent) throw this.damaged('it refers to data of another file');
    this.pushContainer(this.options.persistent(id, this.site()));
  }

  private get place(): number {
    return this.cursor.source.base + this.at;
  }

  /** Height below which the stack belongs to what is outside of the innermost MARK. */
  private get floor(): number {
    return this.marks.at(-1) ?? 0;
  }

  private need(count: number): void {
    if (this.stack.length - count < this.floor) throw this.damaged('a value is missing');
  }

  private spend(copied: number): void {
    this.copied += copied;
    if (this.copied > this.limits.copied) throw this.beyondLimit('it copies the same data again and again');
  }

  /** Counts bytes of a text or a long integer that is held in memory. */
  count(textBytes: number): void {
    this.textBytes += textBytes;
    if (this.textBytes > this.limits.textBytes) throw this.beyondLimit('it has too much text');
  }
}
