import { ByteCursor } from './byte-cursor.ts';
import { type ByteSource, memorySource } from './byte-source.ts';
import { elementBytes, elementCount } from './elements.ts';
import { beyondLimit, damaged, unsupported } from './errors.ts';
import { readVarint, type WireField, wireFields } from './protobuf.ts';
import { denseStrides, type Storage, StoredTensor } from './stored-tensor.ts';
import type { DType } from './tensor-file.ts';
import type { TensorSet } from './tensor-set.ts';

// Field numbers and types of the public onnx.proto3 (github.com/onnx/onnx).

const modelGraph = 7;
const graphInitializer = 5;
const maxTensors = 100_000;
const maxDimensions = 16;
const maxNameLength = 4096;

const types: Readonly<Record<number, DType>> = {
  1: 'F32',
  2: 'U8',
  3: 'I8',
  4: 'U16',
  5: 'I16',
  6: 'I32',
  7: 'I64',
  9: 'BOOL',
  10: 'F16',
  11: 'F64',
  12: 'U32',
  13: 'U64',
  16: 'BF16',
};

/** Whether a file that begins so is an ONNX model: `ir_version`, then another field of a model. */
export const looksLikeOnnx = (head: Uint8Array): boolean =>
  head[0] === 0x08 && head[1]! > 0 && head[1]! < 0x20 && [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(head[2]!);

/** Adds the initialisers of a model's graph; their values stay in the file. */
export function readOnnx(source: ByteSource, tensors: TensorSet): void {
  const cursor = new ByteCursor(source);
  for (const field of wireFields(cursor, source.size)) {
    if (field.number !== modelGraph || field.start < 0) continue;
    for (const part of wireFields(cursor, field.start + field.length)) {
      if (part.number === graphInitializer && part.start >= 0) addTensor(cursor, part, tensors);
      if (tensors.size > maxTensors) throw beyondLimit(source.name, `it has more than ${maxTensors} tensors`);
    }
  }
}

/** Fields of a TensorProto. */
interface Proto {
  dims: number[];
  type: number;
  name: string;
  /** Where the values are: `raw` as little-endian elements, else as a packed list of numbers. */
  data: { readonly form: 'raw' | 'varints'; readonly start: number; readonly length: number } | undefined;
  external: boolean;
}

function addTensor(cursor: ByteCursor, field: WireField, tensors: TensorSet): void {
  const { source } = cursor;
  const proto = readProto(cursor, field.start + field.length);
  const dtype = types[proto.type];
  if (!dtype) return; // texts and the like
  if (proto.external) throw unsupported(source.name, 'its weights are in other files; save it as one file');
  const count = elementCount(proto.dims);
  if (count === undefined) throw damaged(source.name, `tensor "${proto.name}" has no valid shape`);
  const storage = protoStorage(source, proto, dtype, count);
  tensors.add(proto.name, new StoredTensor(storage, proto.dims, denseStrides(proto.dims), 0));
}

function readProto(cursor: ByteCursor, end: number): Proto {
  const { source } = cursor;
  const proto: Proto = { dims: [], type: 0, name: '', data: undefined, external: false };
  for (const { number, value, start, length } of wireFields(cursor, end)) {
    switch (number) {
      case 1:
        if (start < 0) proto.dims.push(Number(value));
        else proto.dims.push(...packedSizes(cursor, start + length));
        if (proto.dims.length > maxDimensions) throw beyondLimit(source.name, 'a tensor has too many dimensions');
        break;
      case 2:
        proto.type = Number(value);
        break;
      case 8:
        if (length > maxNameLength) throw beyondLimit(source.name, 'a tensor has too long a name');
        proto.name = Buffer.from(source.read(Math.max(start, 0), length)).toString('utf8');
        break;
      case 4: // float_data
      case 10: // double_data
      case 9: // raw_data
      case 5: // int32_data, also of all smaller types
      case 7: // int64_data
      case 11: // uint64_data
        if (start < 0 || (proto.data && length > 0)) throw unsupported(source.name, 'its weights are not packed');
        proto.data = { form: [4, 9, 10].includes(number) ? 'raw' : 'varints', start, length };
        break;
      case 14:
        proto.external = value === 1n;
        break;
    }
  }
  return proto;
}

function packedSizes(cursor: ByteCursor, end: number): number[] {
  const sizes: number[] = [];
  while (cursor.position < end && sizes.length <= maxDimensions) sizes.push(Number(readVarint(cursor)));
  return sizes;
}

function protoStorage(source: ByteSource, proto: Proto, dtype: DType, count: number): Storage {
  const size = elementBytes[dtype];
  const { form, start: place, length: stored } = proto.data ?? { form: 'raw', start: 0, length: 0 };
  // An integer takes one byte or more.
  if (form === 'raw' ? stored !== count * size : stored < count) {
    throw damaged(source.name, `the values of tensor "${proto.name}" do not fit its shape`);
  }
  return {
    file: source.name,
    dtype,
    count,
    read(start, length) {
      if (form === 'raw') return source.read(place + start * size, length * size);
      const all = unpackVarints(source.read(place, stored), source.name, count, size);
      return all.subarray(start * size, (start + length) * size);
    },
  };
}

/** A packed list of `count` integers as little-endian elements of `size` bytes. */
function unpackVarints(packed: Uint8Array, file: string, count: number, size: number): Uint8Array {
  const cursor = new ByteCursor(memorySource(file, packed));
  const out = new DataView(new ArrayBuffer(count * size));
  for (let i = 0; i < count; i++) {
    const value = readVarint(cursor);
    if (size === 8) out.setBigUint64(i * 8, value, true);
    else if (size === 4) out.setUint32(i * 4, Number(BigInt.asUintN(32, value)), true);
    else if (size === 2) out.setUint16(i * 2, Number(BigInt.asUintN(16, value)), true);
    else out.setUint8(i, Number(BigInt.asUintN(8, value)));
  }
  return new Uint8Array(out.buffer);
}
