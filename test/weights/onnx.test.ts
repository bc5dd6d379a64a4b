import { create, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { onnxMessage } from '../../server/graph/onnx-schema.ts';
import { openWeights } from '../../server/weights/open-weights.ts';
import { refusal, scratchFolder } from './scratch.ts';

const scratch = scratchFolder();

/** A model with these initialisers, written by the protobuf library. */
const model = (...initializer: Record<string, unknown>[]): Uint8Array => {
  const schema = onnxMessage('ModelProto');
  const graph = { name: 'net', node: [{ opType: 'Relu', input: ['x'], output: ['y'] }], initializer };
  return toBinary(schema, create(schema, { irVersion: 8n, producerName: 'test', graph } as never));
};

function read(bytes: Uint8Array): Record<string, [dtype: string, shape: readonly number[], values: number[]]> {
  const opened = openWeights(scratch.file('model.bin', bytes));
  try {
    expect([opened.container, opened.kind]).toEqual(['onnx', 'state-dict']);
    const { tensors } = opened;
    return Object.fromEntries(
      [...tensors.tensors].map(([name, { dtype, shape }]) => [name, [dtype, shape, [...tensors.read(name)]]]),
    );
  } finally {
    opened.close();
  }
}

const refused = (bytes: Uint8Array) => refusal(() => read(bytes));
const raw = ({ buffer }: { buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(buffer as ArrayBuffer);

describe('initialisers', () => {
  it('reads values in every form', () => {
    const bytes = model(
      { name: 'raw', dims: [2n, 1n], dataType: 1, rawData: raw(Float32Array.of(1.5, -2)) },
      { name: 'floats', dims: [2n], dataType: 1, floatData: [1.5, -2] },
      { name: 'doubles', dims: [2n], dataType: 11, doubleData: [1.5, -2] },
      { name: 'ints', dims: [3n], dataType: 6, int32Data: [1, -2, 70000] },
      { name: 'bytes', dims: [2n], dataType: 2, int32Data: [1, 255] },
      { name: 'signed', dims: [2n], dataType: 3, int32Data: [1, -1] },
      { name: 'halves', dims: [2n], dataType: 10, int32Data: [0x3e00, 0xc000] },
      { name: 'longs', dims: [2n], dataType: 7, int64Data: [-5n, 2n ** 40n] },
      { name: 'raw longs', dims: [1n], dataType: 7, rawData: raw(BigInt64Array.of(-7n)) },
      { name: 'scalar', dims: [], dataType: 1, rawData: raw(Float32Array.of(9)) },
      { name: 'none', dims: [0n, 4n], dataType: 1 },
      { name: 'bools', dims: [2n], dataType: 9, int32Data: [0, 1] },
      { name: 'brains', dims: [1n], dataType: 16, rawData: raw(Uint16Array.of(0x3fc0)) },
    );
    expect(read(bytes)).toEqual({
      raw: ['F32', [2, 1], [1.5, -2]],
      floats: ['F32', [2], [1.5, -2]],
      doubles: ['F64', [2], [1.5, -2]],
      ints: ['I32', [3], [1, -2, 70000]],
      bytes: ['U8', [2], [1, 255]],
      signed: ['I8', [2], [1, -1]],
      halves: ['F16', [2], [1.5, -2]],
      longs: ['I64', [2], [-5, 2 ** 40]],
      'raw longs': ['I64', [1], [-7]],
      scalar: ['F32', [], [9]],
      none: ['F32', [0, 4], []],
      bools: ['BOOL', [2], [0, 1]],
      brains: ['BF16', [1], [1.5]],
    });
  });

  it('passes over texts', () => {
    const kept = { name: 'a', dims: [1n], dataType: 1, rawData: raw(Float32Array.of(1)) };
    expect(Object.keys(read(model({ name: 'text', dims: [1n], dataType: 8 }, kept)))).toEqual(['a']);
  });
});

describe('bad models', () => {
  const one = { name: 'a', dims: [2n], dataType: 1 };
  it.each<[string, Record<string, unknown>, string]>([
    ['too few raw values', { ...one, rawData: raw(Float32Array.of(1)) }, 'WEIGHTS_DAMAGED'],
    ['too many raw values', { ...one, rawData: raw(Float32Array.of(1, 2, 3)) }, 'WEIGHTS_DAMAGED'],
    ['too few floats', { ...one, floatData: [1] }, 'WEIGHTS_DAMAGED'],
    ['too few integers', { ...one, dataType: 7, int64Data: [1n] }, 'WEIGHTS_DAMAGED'],
    ['integers that end early', { ...one, dataType: 7, int64Data: [2n ** 40n] }, 'WEIGHTS_DAMAGED'],
    ['no values', one, 'WEIGHTS_DAMAGED'],
    ['a negative size', { ...one, dims: [-2n], rawData: raw(Float32Array.of(1)) }, 'WEIGHTS_DAMAGED'],
    ['a huge size', { ...one, dims: [2n ** 40n], rawData: raw(Float32Array.of(1)) }, 'WEIGHTS_DAMAGED'],
    ['too many axes', { ...one, dims: new Array(30).fill(1n), rawData: raw(Float32Array.of(1)) }, 'WEIGHTS_LIMIT'],
    ['values in two forms', { ...one, floatData: [1, 2], rawData: raw(Float32Array.of(1, 2)) }, 'WEIGHTS_UNSUPPORTED'],
    ['values in another file', { ...one, dataLocation: 1 }, 'WEIGHTS_UNSUPPORTED'],
  ])('refuses %s', (_what, tensor, code) => {
    expect(refused(model(tensor)).code).toBe(code);
  });

  it('refuses two tensors of one name', () => {
    const tensor = { ...one, rawData: raw(Float32Array.of(1, 2)) };
    expect(refused(model(tensor, tensor)).message).toContain('"a"');
  });

  it('refuses every truncation', () => {
    const whole = model({ ...one, rawData: raw(Float32Array.of(1, 2)) });
    for (let length = 0; length < whole.length - 1; length++) {
      expect(refused(whole.subarray(0, length)).code).toMatch(/^WEIGHTS_/);
    }
  });

  it('says so where there are no weights', () => {
    expect(refused(model()).code).toBe('WEIGHTS_EMPTY');
  });
});
