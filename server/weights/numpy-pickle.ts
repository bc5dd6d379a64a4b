import { elementBytes, elementCount } from './elements.ts';
import { numpyStorage, numpyType } from './numpy-dtype.ts';
import {
  Bytes,
  type Constructor,
  Inert,
  isList,
  isShape,
  LongText,
  type PickleValue,
  type Site,
} from './pickle-values.ts';
import { makeBytes, mention } from './python-constructors.ts';
import { denseStrides, StoredTensor } from './stored-tensor.ts';
import type { DType } from './tensor-file.ts';

// What numpy.ndarray.__reduce__ and numpy.dtype.__reduce__ write; NumPy 1 and 2 differ in the module's name only.

/** `numpy.dtype('f4', False, True)` with the state `(3, '<', ...)`. */
class NumpyDType extends Inert {
  readonly code: string;
  order = '<';

  constructor(code: string) {
    super();
    this.code = code;
  }

  get dtype(): DType | undefined {
    return numpyType(this.code);
  }

  override build(state: PickleValue, site: Site): void {
    if (!isList(state) || typeof state[1] !== 'string') throw site.damaged('a NumPy type has no byte order');
    this.order = state[1];
  }
}

/** An array as `_reconstruct` makes it, filled by the state `(version, shape, dtype, is Fortran order, data)`. */
export class NumpyArray extends Inert {
  /** The numbers; missing in arrays of objects or texts. */
  tensor: StoredTensor | undefined;
  /** The items of an array of objects. */
  private items: readonly PickleValue[] = [];

  override children(): Iterable<PickleValue> {
    return this.items;
  }

  /** Arrays of objects hold their items in row-major order. */
  get objects(): readonly PickleValue[] {
    return this.items;
  }

  override build(state: PickleValue, site: Site): void {
    const [, shape, dtype, fortran, data] = isList(state) ? state : [];
    if (!isShape(shape) || !(dtype instanceof NumpyDType)) throw site.damaged('a NumPy array is not described');
    if (isList(data)) this.items = data;
    else
      this.tensor = arrayTensor(
        dtype,
        shape,
        denseStrides(shape, fortran === true ? 'F' : 'C'),
        asBytes(data, site),
        site,
      );
  }
}

function asBytes(data: PickleValue | undefined, site: Site): Bytes {
  if (data instanceof Bytes) return data;
  // Python 2 writes bytes as text.
  if (data instanceof LongText || typeof data === 'string') return makeBytes([data], site);
  throw site.damaged('a NumPy array has no data');
}

function arrayTensor(
  type: NumpyDType,
  shape: readonly number[],
  strides: readonly number[],
  bytes: Bytes,
  site: Site,
): StoredTensor | undefined {
  if (!type.dtype) return undefined;
  const count = elementCount(shape);
  if (count === undefined) throw site.damaged('a NumPy array has no valid shape');
  const needed = count * elementBytes[type.dtype];
  if (bytes.length !== undefined && bytes.length !== needed) {
    throw site.damaged(`a NumPy array of shape [${shape.join(', ')}] has ${bytes.length} bytes, not ${needed}`);
  }
  const storage = numpyStorage(site.file, () => bytes.open(), type.dtype, count, type.order);
  return new StoredTensor(storage, shape, strides, 0);
}

const makeDType: Constructor = ([code], site) => {
  if (typeof code !== 'string') throw site.damaged('a NumPy type has no name');
  return new NumpyDType(code);
};

/**
 * Protocol 5: `_frombuffer(data, dtype, shape, order)`. Order `K` is C order in memory, of which the axes are then put
 * into the order of a fifth argument.
 */
const fromBuffer: Constructor = ([data, dtype, shape, order, axes], site) => {
  if (!isShape(shape) || !(dtype instanceof NumpyDType)) throw site.damaged('a NumPy array is not described');
  const dense = denseStrides(shape, order === 'F' ? 'F' : 'C');
  const places = order === 'K' && isShape(axes) ? axes : shape.map((_, axis) => axis);
  if (places.length !== shape.length || !shape.every((_, axis) => places.includes(axis))) {
    throw site.damaged('the axes of a NumPy array are not described');
  }
  const array = new NumpyArray();
  array.tensor = arrayTensor(
    dtype,
    places.map((axis) => shape[axis]!),
    places.map((axis) => dense[axis]!),
    asBytes(data, site),
    site,
  );
  return array;
};

/** One number: `scalar(dtype, bytes)`. A scalar of another type is what is stored of it. */
const makeScalar: Constructor = ([dtype, data = null], site) => {
  if (!(dtype instanceof NumpyDType)) throw site.damaged('a NumPy number has no type');
  if (!dtype.dtype) return data;
  const [value] = arrayTensor(dtype, [], [], asBytes(data, site), site)!.numbers();
  return dtype.dtype === 'BOOL' ? value !== 0 : value!;
};

/** NumPy's arrays, numbers and types. */
export const numpyConstructors: ReadonlyMap<string, Constructor> = new Map<string, Constructor>([
  ['numpy.ndarray', mention],
  ['numpy.dtype', makeDType],
  ...['numpy.core', 'numpy._core'].flatMap((core): [string, Constructor][] => [
    [`${core}.multiarray._reconstruct`, () => new NumpyArray()],
    [`${core}.multiarray.scalar`, makeScalar],
    [`${core}.numeric._frombuffer`, fromBuffer],
  ]),
  ...['bool_', 'uint8', 'int32', 'int64', 'float16', 'float32', 'float64'].map((name): [string, Constructor] => [
    `numpy.${name}`,
    mention,
  ]),
]);
