import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteCursor } from '../../server/weights/byte-cursor.ts';
import { memorySource } from '../../server/weights/byte-source.ts';
import { defaultLimits, type PickleLimits, unpickle } from '../../server/weights/pickle.ts';
import { op } from '../../server/weights/pickle-opcodes.ts';
import {
  Bytes,
  type Constructors,
  LongText,
  PickleObject,
  type PickleValue,
} from '../../server/weights/pickle-values.ts';
import { objectOf, pythonConstructors } from '../../server/weights/python-constructors.ts';
import { call, dict, global, type Item, object, persistent, pickle, shared, tuple } from './pickle-writer.ts';
import { refusal } from './scratch.ts';

const protocols = [0, 1, 2, 3, 4, 5];

const read = (
  bytes: Uint8Array,
  options: { constructors?: Constructors; limits?: PickleLimits; persistent?: () => PickleValue } = {},
): PickleValue =>
  unpickle(new ByteCursor(memorySource('network.pkl', bytes)), { constructors: pythonConstructors, ...options });

const refused = (bytes: Uint8Array, limits?: PickleLimits) => refusal(() => read(bytes, limits ? { limits } : {}));

const bytesOf = (value: PickleValue): number[] => {
  if (!(value instanceof Bytes)) throw new Error('these are no bytes');
  const source = value.open();
  return [...source.read(0, source.size)];
};

describe('values', () => {
  it.each(protocols)('reads what protocol %i writes', (protocol) => {
    const scalar = fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
      fc.double(),
      fc.string({ unit: 'grapheme' }),
    );
    const { tree } = fc.letrec<{ tree: Item }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.array(tie('tree'), { maxLength: 5 }),
        fc.array(fc.tuple(fc.string(), tie('tree')), { maxLength: 5 }).map((pairs) => new Map(pairs) as Item),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(read(pickle(value, protocol))).toStrictEqual(normal(value));
      }),
      { numRuns: 60 },
    );
  });

  it.each(protocols)('reads bytes of protocol %i', (protocol) => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => i & 255);
    expect(bytesOf(read(pickle(bytes, protocol)))).toEqual([...bytes]);
    expect(bytesOf(read(pickle(bytes.subarray(0, 9), protocol)))).toEqual([...bytes.subarray(0, 9)]);
  });

  it('leaves long texts in the file', () => {
    const value = read(pickle('x'.repeat(5000)));
    expect(value).toBeInstanceOf(LongText);
    expect((value as LongText).length).toBe(5000);
  });

  it('reads bytes that Python 2 stored as text', () => {
    const text = Buffer.concat([
      Buffer.from([op.BINSTRING, 0, 0x20, 0, 0]),
      Buffer.alloc(0x2000, 0xe9),
      Buffer.from('.'),
    ]);
    const value = read(text) as LongText;
    expect(bytesOf(value.asLatin1())).toEqual(new Array(0x2000).fill(0xe9));
    expect(read(Buffer.from("S'a\\x41\\n\\'\\101'\n."))).toBe("aA\n'A");
  });

  it('keeps tuples, sets and dicts apart', () => {
    const value = read(pickle(tuple(1, call('builtins', 'set', [1, 2, 2]), call('collections', 'OrderedDict'))));
    expect(value).toEqual([1, new Set([1, 2]), new Map()]);
    expect(Object.isFrozen(value)).toBe(true);
  });

  it('gives the same value for what is shared', () => {
    const list = shared([1]);
    for (const protocol of protocols) {
      const [a, b] = read(pickle([list, list], protocol)) as PickleValue[];
      expect(a).toBe(b);
    }
  });

  it('ignores the frames of protocol 4', () => {
    expect(read(Buffer.from([0x80, 4, op.FRAME, 3, 0, 0, 0, 0, 0, 0, 0, op.BININT1, 7, op.STOP]))).toBe(7);
  });

  it('leaves the cursor behind the pickle', () => {
    const cursor = new ByteCursor(memorySource('two.pkl', Buffer.concat([pickle(1), pickle('two')])));
    expect(unpickle(cursor, { constructors: new Map() })).toBe(1);
    expect(unpickle(cursor, { constructors: new Map() })).toBe('two');
  });
});

describe('objects', () => {
  const constructors = new Map([...pythonConstructors, ['net.Layer', objectOf('net.Layer')]]);

  it.each(protocols)('keeps class and state of a listed class in protocol %i', (protocol) => {
    const value = read(pickle(object('net', 'Layer', dict({ size: 3 })), protocol), { constructors });
    expect(value).toBeInstanceOf(PickleObject);
    expect((value as PickleObject).path).toBe('net.Layer');
    expect((value as PickleObject).attributes).toEqual(new Map([['size', 3]]));
  });

  it('hands persistent ids to whoever knows them', () => {
    expect(read(pickle(persistent('key')), { persistent: () => 42 })).toBe(42);
    expect(refused(pickle(persistent('key'))).code).toBe('WEIGHTS_DAMAGED');
  });

  it.each([
    ['os', 'system'],
    ['builtins', 'eval'],
    ['builtins', 'getattr'],
    ['subprocess', 'Popen'],
    ['__torch__', 'Module'],
    ['constructor', 'constructor'],
    ['', '__proto__'],
  ])('refuses %s.%s by name and place', (module, name) => {
    for (const protocol of protocols) {
      const before = new Array(10).fill('x');
      const error = refused(pickle([...before, call(module, name, 'rm -rf /')], protocol));
      expect(error.code).toBe('WEIGHTS_FORBIDDEN');
      expect(error.message).toContain(`${module}.${name}`);
      expect(error.message).toMatch(/byte [1-9]\d+\b/);
    }
  });

  it('names the byte of the class', () => {
    expect(refused(Buffer.from('K\x01cos\nsystem\n.')).message).toContain('os.system (byte 2)');
  });

  it('refuses a class of protocols 0 and 1', () => {
    expect(refused(Buffer.from('(S"x"\nios\nsystem\n.')).message).toContain('os.system');
  });

  it('does not call what may only be mentioned', () => {
    expect(read(pickle(global('builtins', 'int')))).toMatchObject({ path: 'builtins.int' });
    expect(refused(pickle(call('builtins', 'int', 1))).code).toBe('WEIGHTS_UNSUPPORTED');
  });

  it('shows names without what could steer a terminal', () => {
    expect(refused(pickle(call('\x1b[2J', 'x'))).message).not.toContain('\x1b');
  });
});

describe('crafted files', () => {
  const few: PickleLimits = { ...defaultLimits, instructions: 10_000, containers: 1000, memo: 100, textBytes: 10_000 };

  it('refuses what is nested without end', () => {
    const lists = Buffer.concat([Buffer.from('N'), Buffer.alloc(100_000, op.TUPLE1), Buffer.from('.')]);
    expect(refused(lists).code).toBe('WEIGHTS_LIMIT');
    const marks = Buffer.alloc(100_000, op.MARK);
    expect(refused(marks).code).toBe('WEIGHTS_LIMIT');
  });

  it('refuses what contains itself', () => {
    const list = Buffer.from([op.EMPTY_LIST, op.BINPUT, 0, op.BINGET, 0, op.APPEND, op.STOP]);
    expect(refused(list).message).toContain('contains itself');
    const map = Buffer.from([op.EMPTY_DICT, op.BINPUT, 0, op.NONE, op.BINGET, 0, op.TUPLE1, op.SETITEM, op.STOP]);
    expect(refused(map).message).toContain('contains itself');
    const constructors = new Map([['a.B', objectOf('a.B')]]);
    const self = Buffer.concat([Buffer.from('ca\nB\n)Rq\x00}K\x01h\x00sb.', 'latin1')]);
    expect(refusal(() => read(self, { constructors })).message).toContain('contains itself');
  });

  it.each([
    ['BINUNICODE', [op.BINUNICODE, 0xff, 0xff, 0xff, 0xff]],
    ['BINUNICODE8', [op.BINUNICODE8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0]],
    ['BINBYTES8 beyond every file', [op.BINBYTES8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['BYTEARRAY8', [op.BYTEARRAY8, 0, 0, 0, 0, 1, 0, 0, 0]],
    ['BINSTRING', [op.BINSTRING, 0xff, 0xff, 0xff, 0x7f]],
    ['FRAME', [op.FRAME, 0, 0, 0, 0, 1, 0, 0, 0]],
  ])('refuses a huge length of %s', (_name, bytes) => {
    expect(refused(Uint8Array.from([0x80, 4, ...bytes, op.STOP])).code).toBe('WEIGHTS_DAMAGED');
  });

  it('refuses integers of a size that no checkpoint has', () => {
    expect(refused(Uint8Array.from([op.LONG4, 0xff, 0xff, 0xff, 0x7f, op.STOP])).code).toBe('WEIGHTS_LIMIT');
    expect(refused(Buffer.from(`L${'9'.repeat(100_000)}L\n.`)).code).toBe('WEIGHTS_DAMAGED');
  });

  it('refuses an unknown instruction by its place', () => {
    const error = refused(Uint8Array.from([0x80, 2, op.NONE, 0xfe]));
    expect(error.code).toBe('WEIGHTS_DAMAGED');
    expect(error.message).toContain('byte 3');
    expect(error.message).toContain('0xfe');
  });

  it('refuses a protocol of the future', () => {
    expect(refused(Uint8Array.from([0x80, 6, op.NONE, op.STOP])).code).toBe('WEIGHTS_UNSUPPORTED');
  });

  it('refuses classes by number and data outside of the file', () => {
    for (const code of [op.EXT1, op.EXT2, op.EXT4, op.NEXT_BUFFER]) {
      expect(refused(Uint8Array.from([0x80, 5, code, 1, 1, 1, 1, op.STOP])).code).toBe('WEIGHTS_UNSUPPORTED');
    }
  });

  it('refuses every truncation', () => {
    const whole = pickle([
      1.5,
      'text',
      dict({ a: tuple(1, 2, 3, 4) }),
      Uint8Array.of(1, 2, 3),
      call('builtins', 'set', [1]),
    ]);
    for (let length = 0; length < whole.length; length++) {
      expect(refused(whole.subarray(0, length)).code).toBe('WEIGHTS_DAMAGED');
    }
  });

  it('stops at each of its limits', () => {
    const nothing = Buffer.concat([Buffer.alloc(10_000, op.NONE), Buffer.from('.')]);
    expect(refused(nothing, few).message).toContain('instructions');
    expect(refused(Buffer.alloc(2000, op.EMPTY_DICT), few).message).toContain('lists');
    expect(refused(Buffer.concat([Buffer.from('N'), Buffer.alloc(200, op.MEMOIZE)]), few).message).toContain(
      'remembers',
    );
    expect(refused(pickle(new Array(100).fill('x'.repeat(200))), few).message).toContain('text');
  });

  it('refuses a stack that is used below its marks', () => {
    expect(refused(Uint8Array.from([op.NONE, op.MARK, op.TUPLE1, op.STOP])).code).toBe('WEIGHTS_DAMAGED');
    expect(refused(Uint8Array.from([op.TUPLE, op.STOP])).code).toBe('WEIGHTS_DAMAGED');
    expect(refused(Uint8Array.from([op.BINGET, 7, op.STOP])).code).toBe('WEIGHTS_DAMAGED');
    expect(refused(Uint8Array.from([op.STOP])).code).toBe('WEIGHTS_DAMAGED');
  });

  it('refuses to change what cannot be changed', () => {
    for (const code of [op.APPEND, op.SETITEM, op.BUILD]) {
      const bytes = Uint8Array.from([
        op.EMPTY_TUPLE,
        op.NONE,
        ...(code === op.SETITEM ? [op.NONE] : []),
        code,
        op.STOP,
      ]);
      expect(refused(bytes).code).toBe('WEIGHTS_DAMAGED');
    }
  });

  it('ends for any bytes at all', () => {
    const codes = Object.values(op);
    const program = fc.array(fc.oneof(fc.constantFrom(...codes), fc.integer({ min: 0, max: 255 })), { maxLength: 200 });
    fc.assert(
      fc.property(program, (bytes) => {
        try {
          read(Uint8Array.from([...bytes, op.STOP]), { limits: few });
        } catch (error) {
          expect(error).toMatchObject({ name: 'FamiliarError' });
        }
      }),
      { numRuns: 3000 },
    );
  });
});

/** What is read where the writer was given numbers in a form that JavaScript has twice. */
function normal(value: Item): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === 'number' && Object.is(value, -0)) return 0;
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(normal);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, normal(item)]));
  return value;
}
