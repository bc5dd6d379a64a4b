import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSafetensors, writeSafetensors } from '../../server/weights/safetensors.ts';
import { refusal, scratchFolder } from './scratch.ts';

const scratch = scratchFolder();

/** A file of the format from any header and data. */
function file(header: unknown, data: Uint8Array = new Uint8Array(0), length?: bigint): string {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(length ?? BigInt(json.length));
  return scratch.file('crafted.safetensors', Buffer.concat([prefix, json, data]));
}

const refused = (path: string) => refusal(() => openSafetensors(path).close());

describe('writing and reading', () => {
  it('gives back names, shapes, values and metadata', async () => {
    const path = join(scratch.folder, 'round.safetensors');
    const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
    const tensor = fc.record({ shape, seed: fc.integer(), dtype: fc.constantFrom('F32', 'F16', undefined) });
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.string().filter((name) => name !== '__metadata__'),
          tensor,
          { maxKeys: 6 },
        ),
        fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
        async (described, metadata) => {
          const tensors = new Map(
            Object.entries(described).map(([name, { shape, seed, dtype }]) => {
              const count = shape.reduce((product, size) => product * size, 1);
              // Small whole numbers are exact in half precision.
              const data = Float32Array.from({ length: count }, (_, i) => ((seed + i) % 1000) | 0);
              return [name, { shape, data, dtype }];
            }),
          );
          await writeSafetensors(path, tensors, metadata);
          const read = openSafetensors(path);
          expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(metadata).sort());
          expect([...read.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
          for (const [name, { shape, data, dtype }] of tensors) {
            expect(read.tensors.get(name)).toMatchObject({ dtype: dtype ?? 'F32', shape });
            expect(read.read(name)).toEqual(data);
          }
          read.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('makes data when it is written, one tensor after the other', async () => {
    const path = join(scratch.folder, 'lazy.safetensors');
    const asked: string[] = [];
    const lazy = (name: string) => () => {
      asked.push(name);
      return Float32Array.of(1, 2);
    };
    await writeSafetensors(path, { a: { shape: [2], data: lazy('a') }, b: { shape: [1, 2], data: lazy('b') } });
    expect(asked).toEqual(['a', 'b']);
    expect(openSafetensors(path).read('b')).toEqual(Float32Array.of(1, 2));
  });

  it('starts data at a multiple of 8 bytes, as other readers want it', async () => {
    const path = join(scratch.folder, 'aligned.safetensors');
    await writeSafetensors(path, { odd: { shape: [3], data: Float32Array.of(1, 2, 3), dtype: 'F16' } }, { a: 'b' });
    expect(readFileSync(path).readBigUInt64LE() % 8n).toBe(0n);
  });

  it('leaves the old file whole when writing fails', async () => {
    const path = join(scratch.folder, 'kept.safetensors');
    await writeSafetensors(path, { a: { shape: [1], data: Float32Array.of(7) } });
    const broken = { shape: [1000], data: () => Float32Array.of(1) };
    await expect(writeSafetensors(path, { b: broken })).rejects.toThrow('has 1 values');
    expect(openSafetensors(path).read('a')).toEqual(Float32Array.of(7));
    expect(readdirSync(scratch.folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('says so where the folder is missing', async () => {
    const path = join(scratch.folder, 'nowhere', 'a.safetensors');
    await expect(writeSafetensors(path, {})).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    expect(existsSync(join(scratch.folder, 'nowhere'))).toBe(false);
  });
});

describe('element types', () => {
  const buffer = (array: { buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(array.buffer as ArrayBuffer);
  it.each([
    ['F64', buffer(Float64Array.of(1.5, -2)), [1.5, -2]],
    ['F32', buffer(Float32Array.of(1.5, -2)), [1.5, -2]],
    ['F16', buffer(Uint16Array.of(0x3e00, 0xc000)), [1.5, -2]],
    ['BF16', buffer(Uint16Array.of(0x3fc0, 0xc000)), [1.5, -2]],
    ['I64', buffer(BigInt64Array.of(-5n, 2n ** 40n)), [-5, 2 ** 40]],
    ['U64', buffer(BigUint64Array.of(5n, 2n ** 63n)), [5, 2 ** 63]],
    ['I32', buffer(Int32Array.of(-5, 70000)), [-5, 70000]],
    ['U32', buffer(Uint32Array.of(5, 2 ** 31)), [5, 2 ** 31]],
    ['I16', buffer(Int16Array.of(-5, 300)), [-5, 300]],
    ['U16', buffer(Uint16Array.of(5, 65535)), [5, 65535]],
    ['I8', buffer(Int8Array.of(-5, 100)), [-5, 100]],
    ['U8', buffer(Uint8Array.of(5, 255)), [5, 255]],
    ['BOOL', buffer(Uint8Array.of(0, 1)), [0, 1]],
  ])('reads %s as float32, wherever it stands', (dtype, data, values) => {
    const header = {
      pad: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
      x: { dtype, shape: [2], data_offsets: [1, 1 + data.length] },
    };
    const opened = openSafetensors(file(header, Buffer.concat([Buffer.alloc(1), data])));
    expect([...opened.read('x')]).toEqual(values);
    expect(refusal(() => opened.read('y')).code).toBe('WEIGHTS_TENSOR_MISSING');
    opened.close();
  });
});

describe('bad files', () => {
  const entry = (data_offsets: unknown, shape: unknown = [1], dtype = 'F32') => ({ dtype, shape, data_offsets });
  const four = new Uint8Array(4);
  const eight = new Uint8Array(8);

  it.each<[string, () => string, string]>([
    ['an empty file', () => scratch.file('empty', ''), 'WEIGHTS_DAMAGED'],
    ['a header longer than the file', () => file({}, four, 1000n), 'WEIGHTS_DAMAGED'],
    ['a header of exabytes', () => file({}, four, 2n ** 62n), 'WEIGHTS_LIMIT'],
    ['a header of 17 MB', () => file(' '.repeat(17e6)), 'WEIGHTS_LIMIT'],
    ['a header that is no JSON', () => file('{"a":'), 'WEIGHTS_DAMAGED'],
    ['a header that is a list', () => file([]), 'WEIGHTS_DAMAGED'],
    [
      'a header that is no UTF-8',
      () => scratch.file('x', Buffer.from('\x03\0\0\0\0\0\0\0{"\xff', 'latin1')),
      'WEIGHTS_DAMAGED',
    ],
    ['metadata that are no texts', () => file({ __metadata__: { a: 1 } }), 'WEIGHTS_DAMAGED'],
    ['a tensor that is a number', () => file({ a: 1 }), 'WEIGHTS_DAMAGED'],
    ['an unknown element type', () => file({ a: entry([0, 4], [1], 'F8_E4M3') }, four), 'WEIGHTS_UNSUPPORTED'],
    ['a type named like a property', () => file({ a: entry([0, 4], [1], 'constructor') }, four), 'WEIGHTS_UNSUPPORTED'],
    ['a negative size', () => file({ a: entry([0, 4], [-1]) }, four), 'WEIGHTS_DAMAGED'],
    ['a fractional size', () => file({ a: entry([0, 4], [1.5]) }, four), 'WEIGHTS_DAMAGED'],
    [
      'a shape whose product is beyond numbers',
      () => file({ a: entry([0, 4], [2 ** 40, 2 ** 40]) }, four),
      'WEIGHTS_DAMAGED',
    ],
    ['a shape that is no list', () => file({ a: entry([0, 4], 'x') }, four), 'WEIGHTS_DAMAGED'],
    ['offsets that go backwards', () => file({ a: entry([4, 0]) }, four), 'WEIGHTS_DAMAGED'],
    ['offsets that are no list', () => file({ a: entry(4) }, four), 'WEIGHTS_DAMAGED'],
    ['offsets that do not fit the shape', () => file({ a: entry([0, 8]) }, eight), 'WEIGHTS_DAMAGED'],
    ['a tensor beyond the end', () => file({ a: entry([0, 8], [2]) }, four), 'WEIGHTS_DAMAGED'],
    ['a tensor of terabytes', () => file({ a: entry([0, 2 ** 42], [2 ** 40]) }, four), 'WEIGHTS_LIMIT'],
    ['tensors that overlap', () => file({ a: entry([0, 8], [2]), b: entry([4, 8]) }, eight), 'WEIGHTS_DAMAGED'],
    ['a gap between tensors', () => file({ a: entry([4, 8]) }, eight), 'WEIGHTS_DAMAGED'],
    ['bytes that belong to nothing', () => file({ a: entry([0, 4]) }, eight), 'WEIGHTS_DAMAGED'],
    ['a folder', () => scratch.folder, 'FILE_IS_FOLDER'],
    ['a file that is not there', () => join(scratch.folder, 'missing'), 'FILE_NOT_FOUND'],
  ])('refuses %s', (_what, make, code) => {
    expect(refused(make()).code).toBe(code);
  });

  it('reads keys that are names of object properties as names', () => {
    const opened = openSafetensors(file('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', four));
    expect([...opened.tensors.keys()]).toEqual(['__proto__']);
    expect(opened.read('__proto__')).toEqual(Float32Array.of(0));
  });

  it('ends in an error for files that are changed anywhere', () => {
    const path = file({ a: entry([0, 4]), b: entry([4, 8]), __metadata__: { x: 'y' } }, eight);
    const whole = readFileSync(path);
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.nat(whole.length),
        (at, byte, length) => {
          const bytes = Buffer.from(whole.subarray(0, length));
          if (at < length) bytes[at] = byte;
          writeFileSync(path, bytes);
          try {
            const opened = openSafetensors(path);
            for (const name of opened.tensors.keys()) opened.read(name);
            opened.close();
          } catch (error) {
            expect(error).toMatchObject({ name: 'FamiliarError' });
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
