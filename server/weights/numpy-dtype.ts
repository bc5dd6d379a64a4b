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

/** What NumPy calls its types besides their codes; platform-dependent ones have the sizes of 64-bit Linux and macOS. */
const aliases: Readonly<Record<string, DType>> = {
  ...byNames('F64', 'float64 double float d'),
  ...byNames('F32', 'float32 single f'),
  ...byNames('F16', 'float16 half e'),
  ...byNames('I64', 'int64 longlong long int int_ intp q l p n'),
  ...byNames('I32', 'int32 intc i'),
  ...byNames('I16', 'int16 short h'),
  ...byNames('I8', 'int8 byte b'),
  ...byNames('U64', 'uint64 ulonglong ulong uint uintp Q L P N'),
  ...byNames('U32', 'uint32 uintc I'),
  ...byNames('U16', 'uint16 ushort H'),
  ...byNames('U8', 'uint8 ubyte B'),
  ...byNames('BOOL', 'bool bool_ bool8 ?'),
};

function byNames(dtype: DType, names: string): Record<string, DType> {
  return Object.fromEntries(names.split(' ').map((name) => [name, dtype]));
}

/**
 * The type that NumPy makes of a text: a code or a name, with or without a mark of the byte order. 'object' stands for
 * Python's objects; undefined for texts, dates, records and what is none.
 */
export function numpyTypeOf(descr: string): { readonly dtype: DType; readonly order: string } | 'object' | undefined {
  const [, order = '', name] = /^([<>=|]?)([?\w]+)$/.exec(descr) ?? [];
  if (name === undefined) return undefined;
  if (/^(O[48]?|object_?)$/.test(name)) return 'object';
  const dtype = numpyType(name) ?? (Object.hasOwn(aliases, name) ? aliases[name] : undefined);
  return dtype && { dtype, order };
}

/**
 * Elements as NumPy stores them, in a source that is opened for each reading. `order` is NumPy's mark of the byte order; its `=` (that of the machine which wrote
 * the file), or none, is taken as little-endian.
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
