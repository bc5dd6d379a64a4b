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
  const size = elementBytes[dtype];
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  const count = byteLength / size;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, count);
    case 'F16':
      return halfToFloat(new Uint16Array(buffer, byteOffset, count));
    case 'BF16':
      return bfloatToFloat(new Uint16Array(buffer, byteOffset, count));
    case 'F64':
      return new Float32Array(new Float64Array(buffer, byteOffset, count));
    case 'I64':
      return bigToFloat(new BigInt64Array(buffer, byteOffset, count));
    case 'U64':
      return bigToFloat(new BigUint64Array(buffer, byteOffset, count));
    case 'I32':
      return new Float32Array(new Int32Array(buffer, byteOffset, count));
    case 'U32':
      return new Float32Array(new Uint32Array(buffer, byteOffset, count));
    case 'I16':
      return new Float32Array(new Int16Array(buffer, byteOffset, count));
    case 'U16':
      return new Float32Array(new Uint16Array(buffer, byteOffset, count));
    case 'I8':
      return new Float32Array(new Int8Array(buffer, byteOffset, count));
    case 'U8':
    case 'BOOL':
      return new Float32Array(new Uint8Array(buffer, byteOffset, count));
  }
}

function bigToFloat(values: BigInt64Array | BigUint64Array): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = Number(values[i]);
  return out;
}
