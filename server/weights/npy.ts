import { ByteCursor } from './byte-cursor.ts';
import { type ByteSource, sliceSource } from './byte-source.ts';
import { elementBytes, elementCount } from './elements.ts';
import { damaged, unsupported } from './errors.ts';
import { numpyStorage, numpyType } from './numpy-dtype.ts';
import { denseStrides, StoredTensor } from './stored-tensor.ts';

// Format: numpy.lib.format. "\x93NUMPY" | u8 major | u8 minor | u16 or u32 length | header, a Python dict | data.

const maxHeader = 2 ** 16;

/** Whether a file that begins so is an array of NumPy's. */
export const looksLikeNpy = (head: Uint8Array): boolean =>
  Buffer.from(head.subarray(0, 6)).toString('latin1') === '\x93NUMPY';

/** An array of numbers, or the pickle of an array of objects. */
export type Npy = { readonly tensor: StoredTensor } | { readonly pickle: ByteSource };

/** Reads the header of a .npy file; the numbers stay in the file, which `open` gives once more for each reading. */
export function readNpy(open: () => ByteSource): Npy {
  const source = open();
  const cursor = new ByteCursor(source);
  if (!looksLikeNpy(cursor.bytes(6))) throw damaged(source.name, 'it is no NumPy array');
  const major = cursor.u8();
  cursor.skip(1);
  const length = major === 1 ? cursor.u16() : cursor.u32();
  if (major < 1 || major > 3 || length > maxHeader) throw damaged(source.name, 'its NumPy header cannot be read');
  const header = Buffer.from(cursor.bytes(length)).toString('latin1');
  const { order, code, fortran, shape } = parseHeader(source, header);
  const start = cursor.position;
  const size = source.size - start;
  if (code === 'O') return { pickle: sliceSource(source, start, size) };
  const dtype = numpyType(code);
  if (!dtype) throw unsupported(source.name, `its NumPy type "${code}" is not one of numbers; use another file`);
  const count = elementCount(shape);
  if (count === undefined || count * elementBytes[dtype] !== size) {
    throw damaged(source.name, `its NumPy shape [${shape.join(', ')}] does not fit its ${size} bytes`);
  }
  const storage = numpyStorage(source.name, () => sliceSource(open(), start, size), dtype, count, order);
  return { tensor: new StoredTensor(storage, shape, denseStrides(shape, fortran ? 'F' : 'C'), 0) };
}

/** NumPy writes the keys in this order and form; a header that differs is not NumPy's. */
function parseHeader(source: ByteSource, header: string) {
  const match =
    /^\{'descr': '([<>|=])([a-zA-Z]\d*)', 'fortran_order': (True|False), 'shape': \(([\d, ]*)\),? *\} *\n?$/.exec(
      header,
    );
  if (!match) throw unsupported(source.name, 'its NumPy header describes more than one array of numbers');
  const [, order, code, fortran, sizes] = match as unknown as [string, string, string, string, string];
  const shape = sizes.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  if (shape.length > 16) throw damaged(source.name, 'its NumPy array has too many dimensions');
  return { order, code, fortran: fortran === 'True', shape };
}
