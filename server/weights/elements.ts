import { bfloatToFloat, halfToFloat } from './f16.ts';
import type { DType } from './tensor-file.ts';

/** Bytes of one element of each type. */
export const elementBytes: Readonly<Record<DType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
};

/** Most elements of one tensor: 2 GiB as float32. */
export const maxElements = 2 ** 29;

export const isDType = (name: unknown): name is DType => typeof name === 'string' && Object.hasOwn(elementBytes, name);

/** Number of elements of a shape, or undefined where it is no shape or too large for an exact number. */
export function elementCount(shape: readonly unknown[]): number | undefined {
  let count = 1;
  for (const size of shape) {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
    count *= size;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

/**
 * Elements stored as little-endian bytes, converted to float32. Float32 bytes that are aligned are not copied: the
 * caller gives them away.
 */
export function toFloat32(dtype: DType, bytes: Uint8Array): Float32Array {
  const values = typedArray(dtype, bytes);
  if (values instanceof Float32Array) return values;
  if (dtype === 'F16') return halfToFloat(values as Uint16Array);
  if (dtype === 'BF16') return bfloatToFloat(values as Uint16Array);
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return bigToFloat(values);
  return new Float32Array(values);
}

/** Like `toFloat32`, but exact (up to 2^53); for a few values, such as sizes. */
export function toNumbers(dtype: DType, bytes: Uint8Array): number[] {
  const halves = dtype === 'F16' || dtype === 'BF16';
  return Array.from<number | bigint, number>(halves ? toFloat32(dtype, bytes) : typedArray(dtype, bytes), Number);
}

const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** The elements as they are stored; bit patterns where JavaScript has no such type. Copies only unaligned bytes. */
function typedArray(dtype: DType, bytes: Uint8Array): InstanceType<(typeof arrays)[DType]> {
  const size = elementBytes[dtype];
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new arrays[dtype](buffer as ArrayBuffer, byteOffset, byteLength / size);
}

function bigToFloat(values: BigInt64Array | BigUint64Array): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = Number(values[i]);
  return out;
}
