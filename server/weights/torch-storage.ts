import type { ByteSource } from './byte-source.ts';
import { elementBytes } from './elements.ts';
import { damaged } from './errors.ts';
import { Global, Inert, isCount, isList, type PickleValue, type Site } from './pickle-values.ts';
import type { Storage } from './stored-tensor.ts';
import type { DType } from './tensor-file.ts';

/** Storage classes of the modules `torch` and `torch.cuda`. */
const storageTypes: Readonly<Record<string, DType>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

/** Classes of storages that are bytes only; the tensor says what is in them. */
const untyped = ['torch.storage.UntypedStorage', 'torch.storage._UntypedStorage', 'torch.UntypedStorage'];

/** Every storage class by its full Python name. */
export const storageClasses: ReadonlyMap<string, DType> = new Map<string, DType>([
  ...Object.entries(storageTypes).flatMap(([name, dtype]): [string, DType][] => [
    [`torch.${name}`, dtype],
    [`torch.cuda.${name}`, dtype],
  ]),
  ...untyped.map((path): [string, DType] => [path, 'U8']),
]);

/** PyTorch's storage: elements in a row, of which tensors are views. */
export class TorchStorage extends Inert implements Storage {
  readonly file: string;
  readonly dtype: DType;
  readonly count: number;
  private readonly open: () => ByteSource;
  /** First byte of this storage in what is opened. */
  private readonly start: number;

  constructor(file: string, dtype: DType, count: number, open: () => ByteSource, start = 0) {
    super();
    this.file = file;
    this.dtype = dtype;
    this.count = count;
    this.open = open;
    this.start = start;
  }

  read(from: number, count: number): Uint8Array {
    const size = elementBytes[this.dtype];
    if (from + count > this.count) throw damaged(this.file, 'a tensor is larger than its storage');
    return this.open().read(this.start + from * size, count * size);
  }

  /** The same bytes as elements of another type. */
  as(dtype: DType): TorchStorage {
    if (dtype === this.dtype) return this;
    const bytes = this.count * elementBytes[this.dtype];
    return new TorchStorage(this.file, dtype, Math.floor(bytes / elementBytes[dtype]), this.open, this.start);
  }

  /** `count` elements from `from` as a storage of their own. */
  slice(from: number, count: number): TorchStorage {
    if (from + count > this.count) throw damaged(this.file, 'a view is larger than its storage');
    return new TorchStorage(this.file, this.dtype, count, this.open, this.start + from * elementBytes[this.dtype]);
  }
}

/** What both of PyTorch's formats say of a storage by a persistent id: `('storage', class, key, device, count, ...)`. */
export interface StorageId {
  readonly dtype: DType;
  readonly key: string;
  readonly count: number;
  readonly rest: readonly PickleValue[];
}

export function parseStorageId(id: PickleValue, site: Site): StorageId {
  const [kind, type, key, , count, ...rest] = isList(id) ? id : [];
  if (kind === 'module') throw site.unsupported('a whole program module instead of its weights');
  const dtype = type instanceof Global ? storageClasses.get(type.path) : undefined;
  if (kind !== 'storage' || !dtype || typeof key !== 'string' || !isCount(count)) {
    throw site.damaged('a storage is not described');
  }
  return { dtype, key, count, rest };
}
