import type { ByteSource } from './byte-source.ts';
import { elementBytes } from './elements.ts';
import { damaged } from './errors.ts';
import type { Storage } from './stored-tensor.ts';
import type { DType } from './tensor-file.ts';

const types: Readonly<Record<string, DType>> = {
  f8: 'F64',
  f4: 'F32',
  f2: 'F16',
  i8: 'I64',
  i4: 'I32',
  i2: 'I16',
  i1: 'I8',
  u8: 'U64',
  u4: 'U32',
  u2: 'U16',
  u1: 'U8',
  b1: 'BOOL',
};

/** A NumPy element type by its code (`f4`) without byte order; undefined where it is none of numbers. */
export const numpyType = (code: string): DType | undefined => (Object.hasOwn(types, code) ? types[code] : undefined);

/**
 * Elements as NumPy stores them, in a source that is opened for each reading. `order` is NumPy's mark of the byte order; its `=` (that of the machine which wrote
 * the file) is taken as little-endian.
 */
export function numpyStorage(
  file: string,
  open: () => ByteSource,
  dtype: DType,
  count: number,
  order: string,
): Storage {
  const size = elementBytes[dtype];
  return {
    file,
    dtype,
    count,
    read(start, length) {
      const source = open();
      if (source.size !== count * size) throw damaged(file, `an array of ${count} values has ${source.size} bytes`);
      const data = source.read(start * size, length * size);
      if (order === '>') swapBytes(data, size);
      return data;
    },
  };
}

function swapBytes(data: Uint8Array, size: number): void {
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (size === 2) buffer.swap16();
  if (size === 4) buffer.swap32();
  if (size === 8) buffer.swap64();
}
