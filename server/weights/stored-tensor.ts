import { elementBytes, elementCount, maxElements, toFloat32, toNumbers } from './elements.ts';
import { beyondLimit, damaged } from './errors.ts';
import { Inert } from './pickle-values.ts';
import type { DType, TensorInfo } from './tensor-file.ts';

/** A row of elements in a file, of which tensors are views. */
export interface Storage {
  /** The path of the file. */
  readonly file: string;
  readonly dtype: DType;
  /** Number of elements. */
  readonly count: number;
  /** The bytes of `count` elements from `start`, little-endian. */
  read(start: number, count: number): Uint8Array;
}

interface Row {
  readonly length: number;
  [index: number]: number;
}

/** A view that repeats elements may be this much larger than what is stored: masks and constants are. */
const maxRepeated = 2 ** 24;

/** A tensor that stays in the file until it is read: a shape, strides and an offset (in elements) over a storage. */
export class StoredTensor extends Inert implements TensorInfo {
  readonly storage: Storage;
  readonly shape: readonly number[];
  private readonly strides: readonly number[];
  private readonly offset: number;
  private readonly count: number;

  /** `strides` and `offset` are in elements, never negative. Throws FamiliarError where the view leaves its storage. */
  constructor(storage: Storage, shape: readonly number[], strides: readonly number[], offset: number) {
    super();
    this.storage = storage;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    const count = elementCount(shape);
    if (count === undefined || strides.length !== shape.length)
      throw damaged(storage.file, 'a tensor has no valid shape');
    if (count > maxElements) throw beyondLimit(storage.file, `a tensor has ${count} values`);
    this.count = count;
    if (count > 0 && offset + this.extent() > storage.count) {
      throw damaged(
        storage.file,
        `a tensor of shape [${shape.join(', ')}] is larger than its ${storage.count} elements`,
      );
    }
    if (count > Math.max(storage.count, maxRepeated)) {
      throw beyondLimit(storage.file, `a tensor of ${count} elements repeats ${storage.count} of them`);
    }
  }

  /** What PyTorch says of a tensor besides its values: whether it had a gradient, and hooks. */
  override build(): void {}

  get dtype(): DType {
    return this.storage.dtype;
  }

  /** The values in row-major order, converted to float32. */
  read(): Float32Array {
    return this.view(toFloat32, (count) => new Float32Array(count));
  }

  /** The values in row-major order, exact; for a few values, such as sizes. */
  numbers(): number[] {
    return this.view(toNumbers, (count) => new Array<number>(count));
  }

  private view<T extends Row>(convert: (dtype: DType, bytes: Uint8Array) => T, make: (count: number) => T): T {
    const { storage, shape, strides, count } = this;
    if (count === 0) return make(0);
    const extent = this.extent();
    const bytes = storage.read(this.offset, extent);
    if (bytes.byteLength !== extent * elementBytes[storage.dtype]) throw damaged(storage.file, 'a tensor lacks values');
    const values = convert(storage.dtype, bytes);
    return isRowMajor(shape, strides) ? values : gather(values, shape, strides, make(count));
  }

  /** Number of elements from the first to the last that the view touches. */
  private extent(): number {
    return this.shape.reduce((sum, size, axis) => sum + (size - 1) * this.strides[axis]!, 1);
  }
}

/** Strides of a dense tensor whose last axis is the innermost (C order), or whose first is (Fortran order). */
export function denseStrides(shape: readonly number[], order: 'C' | 'F' = 'C'): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = 0; i < shape.length; i++) {
    const axis = order === 'C' ? shape.length - 1 - i : i;
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** One number that is in memory already, as a tensor without axes. */
export function scalarTensor(file: string, value: number): StoredTensor {
  const read = () => new Uint8Array(Float32Array.of(value).buffer);
  return new StoredTensor({ file, dtype: 'F32', count: 1, read }, [], [], 0);
}

/** Strides of axes of size 1 say nothing: PyTorch writes any. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  const dense = denseStrides(shape);
  return shape.every((size, axis) => size === 1 || strides[axis] === dense[axis]);
}

function gather<T extends Row>(values: T, shape: readonly number[], strides: readonly number[], out: T): T {
  const last = shape.length - 1;
  const row = shape[last]!;
  const step = strides[last]!;
  const index = new Array<number>(last).fill(0);
  let from = 0;
  for (let to = 0; to < out.length; to += row) {
    for (let i = 0; i < row; i++) out[to + i] = values[from + i * step]!;
    // Counts the outer axes up like an odometer.
    for (let axis = last - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}
