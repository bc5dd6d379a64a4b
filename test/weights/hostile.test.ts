import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { op } from '../../server/weights/pickle-opcodes.ts';
import { call, dict, global, type Item, PickleWriter, pickle } from './pickle-writer.ts';
import { scratchFolder } from './scratch.ts';
import { floats, torchPickle, torchZip } from './torch-writer.ts';
import { zip } from './zip-writer.ts';

const scratch = scratchFolder();
const child = fileURLToPath(new URL('hostile-child.ts', import.meta.url));

/** A pickle of raw instructions; what each repeats is written once. */
function program(write: (writer: PickleWriter) => void): Buffer {
  const writer = new PickleWriter(2);
  writer.raw(op.PROTO, 2);
  write(writer);
  return Buffer.concat(writer.raw(op.STOP).chunks);
}

/** Calls `module.name` with the same arguments over and over. */
const again = (module: string, name: string, args: (writer: PickleWriter) => void): Buffer =>
  program((writer) => {
    writer.item(global(module, name)).raw(op.BINPUT, 0);
    args(writer);
    writer.raw(op.TUPLE1, op.BINPUT, 1);
    const round = [op.BINGET, 0, op.BINGET, 1, op.REDUCE, op.POP];
    writer.chunks.push(Buffer.concat(new Array<Uint8Array>(100_000).fill(Uint8Array.from(round))));
    writer.raw(op.NONE);
  });

const list = (writer: PickleWriter, items: number): void => {
  writer.raw(op.MARK).chunks.push(new Uint8Array(items).fill(op.NONE));
  writer.raw(op.LIST);
};

/** A generator whose layers are one number, seen millions of times. */
const wide = torchZip((tensor) => {
  const storage = floats(1);
  const seen = (...shape: number[]): Item => tensor({ storage, shape, strides: shape.map(() => 0) });
  const tensors: Record<string, Item> = { 'mapping.w_avg': seen(512), 'synthesis.b4.const': seen(1360, 4, 4) };
  for (let size = 4; size <= 1024; size *= 2) {
    for (const layer of ['conv0', 'conv1']) tensors[`synthesis.b${size}.${layer}.weight`] = seen(1360, 1360, 3, 3);
  }
  return dict(tensors);
});

const longKey = 'k'.repeat(4000);
const nestedUnder = (key: string, levels: number, inner: Item): Item =>
  levels === 0 ? inner : dict({ [key]: nestedUnder(key, levels - 1, inner) });

const bombs: [string, () => Buffer, RegExp][] = [
  ['a list copied 100,000 times', () => again('builtins', 'list', (w) => list(w, 100_000)), /copies the same data/],
  ['a set copied 100,000 times', () => again('builtins', 'frozenset', (w) => list(w, 100_000)), /copies the same data/],
  [
    'a long text encoded 100,000 times',
    () => again('_codecs', 'encode', (w) => w.raw(op.UNICODE).ascii(`${'x'.repeat(4_000_000)}\n`)),
    /copies the same data/,
  ],
  [
    'names of 600,000 characters',
    () =>
      torchPickle((tensor) => {
        const one = tensor({ storage: floats(1), shape: [1] });
        const names = Array.from({ length: 3_000 }, (_, i): [string, Item] => [`t${i}`, one]);
        return nestedUnder(longKey, 150, dict(Object.fromEntries(names)));
      }),
    /names of its tensors are too long/,
  ],
  ['a generator a thousand times larger than its file', () => wide, /more than any known network/],
  [
    'an archive that unpacks to 270 MB',
    () => zip({ 'net/data.pkl': new Uint8Array(270_000_000) }, { deflate: true, noSums: true }),
    /claims to be 270000000 bytes/,
  ],
  ['an integer of 2 GB', () => program((w) => w.raw(op.LONG4).number(4, 0x7fffffff)), /an integer is/],
  [
    'bytes of 8 EB',
    () => program((w) => w.raw(op.BINBYTES8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)),
    /damaged/,
  ],
  [
    'a list inside a list, 100,000 times',
    () =>
      program((w) => {
        w.chunks.push(new Uint8Array(100_000).fill(op.EMPTY_LIST), new Uint8Array(99_999).fill(op.APPEND));
      }),
    /nested more than/,
  ],
  [
    'a list in itself',
    () => program((w) => w.raw(op.EMPTY_LIST, op.BINPUT, 0, op.BINGET, 0, op.APPEND)),
    /contains itself/,
  ],
  [
    'a memo of two million values',
    () =>
      program((w) => {
        w.raw(op.NONE);
        const round = (i: number) => Uint8Array.of(op.LONG_BINPUT, i & 255, (i >> 8) & 255, (i >> 16) & 255, 0);
        w.chunks.push(Buffer.concat(Array.from({ length: 2_000_000 }, (_, i) => round(i))));
      }),
    /remembers over/,
  ],
  [
    'lists that share their items, 2^60 in all',
    () =>
      program((w) => {
        w.raw(op.NONE);
        for (let i = 0; i < 60; i++)
          w.raw(op.BINPUT, 0, op.EMPTY_LIST, op.BINGET, 0, op.APPEND, op.BINGET, 0, op.APPEND);
        w.raw(op.BINPUT, 0, op.EMPTY_DICT).item('a').raw(op.BINGET, 0, op.SETITEM);
      }),
    /refers to itself too often/,
  ],
  [
    'a tensor that strides over all of memory',
    () => torchPickle((tensor) => dict({ a: tensor({ storage: floats(1, 2), shape: [2, 2], strides: [2 ** 40, 1] }) })),
    /larger than its 2 elements/,
  ],
  [
    'a tensor of one number, 2^29 times',
    () => torchPickle((tensor) => dict({ a: tensor({ storage: floats(1), shape: [2 ** 29], strides: [0] }) })),
    /repeats 1 of them/,
  ],
  [
    'an array whose type is another array',
    () => pickle(dict({ a: call('numpy', 'dtype', call('numpy', 'dtype', 'f4', false, true), false, true) }), 2),
    /type has no name/,
  ],
  [
    'an array of a type of a million bytes',
    () => pickle(dict({ a: call('numpy', 'dtype', `V${10 ** 6}`, false, true) }), 2),
    /no weights/,
  ],
];

describe('files that are made to do harm', () => {
  it('end in one sentence, soon and in little memory', () => {
    const paths = bombs.map(([, make], i) => scratch.file(`${i}.bin`, make()));
    const options = { encoding: 'utf8', maxBuffer: 2 ** 24 } as const;
    const output = execFileSync(process.execPath, ['--import', 'tsx', child, ...paths], options);
    const { results, peakBytes } = JSON.parse(output);
    bombs.forEach(([name, , sentence], i) => {
      const { said, milliseconds } = results[i];
      expect(said, name).toMatch(sentence);
      expect(said, name).not.toMatch(/^(Range|Type|Syntax)?Error/);
      expect(milliseconds, name).toBeLessThan(10_000);
    });
    // A process of Node that has loaded all of this needs 150 MB.
    expect(peakBytes).toBeLessThan(900e6);
    console.info(`${bombs.length} hostile files: ${(peakBytes / 1e6).toFixed(0)} MB at most`);
  }, 120_000);
});
