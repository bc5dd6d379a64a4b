import { ByteCursor } from './byte-cursor.ts';
import { type ByteSource, sliceSource } from './byte-source.ts';
import { elementBytes, elementCount } from './elements.ts';
import { damaged, unsupported } from './errors.ts';
import { numpyStorage, numpyTypeOf } from './numpy-dtype.ts';
import { type PythonLiteral, parsePythonLiteral } from './python-literal.ts';
import { denseStrides, StoredTensor } from './stored-tensor.ts';

// Format: numpy.lib.format. "\x93NUMPY" | u8 major | u8 minor | u16 or u32 length | header, a Python dict | data.

const maxHeader = 2 ** 16;

/** Whether a file that begins so is an array of NumPy's. */
export const looksLikeNpy = (head: Uint8Array): boolean =>
  Buffer.from(head.subarray(0, 6)).toString('latin1') === '\x93NUMPY';

/** An array of numbers, or the pickle of an array of objects. */
export type Npy = { readonly tensor: StoredTensor } | { readonly pickle: ByteSource };

/**
 * Reads the header of a .npy file; the numbers stay in the file, which `open` gives once more for each reading. What
 * stands behind the array is left alone, as NumPy does. Throws WEIGHTS_DAMAGED, and WEIGHTS_UNSUPPORTED where the file
 * holds something other than numbers.
 */
export function readNpy(open: () => ByteSource): Npy {
  const source = open();
  const cursor = new ByteCursor(source);
  if (!looksLikeNpy(cursor.bytes(6))) throw damaged(source.name, 'it is no NumPy array');
  const major = cursor.u8();
  cursor.skip(1);
  const length = major === 1 ? cursor.u16() : cursor.u32();
  if (major < 1 || major > 3 || length > maxHeader) throw damaged(source.name, 'its NumPy header cannot be read');
  const header = Buffer.from(cursor.bytes(length)).toString(major === 3 ? 'utf8' : 'latin1');
  const { descr, fortran, shape } = parseHeader(source, header);
  const start = cursor.position;
  const size = source.size - start;
  const type = typeof descr === 'string' ? numpyTypeOf(descr) : undefined;
  if (type === 'object') return { pickle: sliceSource(source, start, size) };
  if (!type)
    throw unsupported(source.name, `its NumPy type ${describe(descr)} is not one of numbers; use another file`);
  const { dtype, order } = type;
  const count = elementCount(shape);
  if (count === undefined || count * elementBytes[dtype] > size) {
    throw damaged(source.name, `its NumPy shape [${shape.join(', ')}] does not fit its ${size} bytes`);
  }
  const bytes = count * elementBytes[dtype];
  const storage = numpyStorage(source.name, () => sliceSource(open(), start, bytes), dtype, count, order);
  return { tensor: new StoredTensor(storage, shape, denseStrides(shape, fortran ? 'F' : 'C'), 0) };
}

/** The three entries that NumPy asks for, in any order and layout. */
function parseHeader(source: ByteSource, header: string) {
  const dict = parsePythonLiteral(header);
  if (!(dict instanceof Map) || dict.size !== 3)
    throw unsupported(source.name, 'NumPy itself does not read its header');
  const [descr, fortran, sizes] = ['descr', 'fortran_order', 'shape'].map((key) => dict.get(key));
  // Lists are not frozen: NumPy takes a tuple only.
  const isTuple = Array.isArray(sizes) && Object.isFrozen(sizes) && sizes.every((size) => typeof size === 'number');
  if (descr === undefined || typeof fortran !== 'boolean' || !isTuple) {
    throw unsupported(source.name, 'NumPy itself does not read its header');
  }
  const shape = sizes as readonly number[];
  if (shape.length > 16) throw damaged(source.name, 'its NumPy array has too many dimensions');
  return { descr, fortran, shape };
}

/** A type as a person can look it up; structured types are lists of fields in Python. */
const describe = (descr: PythonLiteral): string =>
  typeof descr === 'string'
    ? `"${descr}"`
    : Array.isArray(descr) && !Object.isFrozen(descr)
      ? 'of records'
      : 'of arrays';
