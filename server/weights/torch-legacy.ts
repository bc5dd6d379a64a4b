import { ByteCursor } from './byte-cursor.ts';
import { type ByteSource, sliceSource } from './byte-source.ts';
import { elementBytes } from './elements.ts';
import { damaged, unsupported } from './errors.ts';
import { unpickle } from './pickle.ts';
import {
  Bytes,
  type Constructor,
  type Constructors,
  isCount,
  isList,
  isMap,
  type PickleValue,
  type Site,
} from './pickle-values.ts';
import type { DType } from './tensor-file.ts';
import { parseStorageId, TorchStorage } from './torch-storage.ts';
import { torchConstructors } from './torch-tensors.ts';

// PyTorch's format before 1.6, which is still how storages stand inside of plain pickles: five pickles (magic number,
// version, system, the data, the keys of the storages), then each storage as i64 count | elements.

const magic = 0x1950a86a20f9469cfc6cn;
/** `0x80 2 0x8a 10 | magic, little-endian | '.'`: the first pickle, byte by byte. */
const magicPickle = Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e);
const knownVersion = 1001;
const none: Constructors = new Map();

/** Whether a file that begins so is of this format. */
export const looksLikeTorchLegacy = (head: Uint8Array): boolean =>
  magicPickle.every((byte, i) => i < 2 || head[i] === byte) && head[0] === 0x80;

/** A storage whose place is known when all of the data has been read. */
interface Pending {
  readonly storage: TorchStorage;
  place: { readonly start: number; readonly length: number } | undefined;
}

/**
 * Reads the data of a file; its tensors stay in the file, which `open` gives once more for each of them. Nothing else
 * keeps what it gave.
 */
export function readTorchLegacy(open: () => ByteSource, constructors: Constructors): PickleValue {
  const cursor = new ByteCursor(open());
  const { name } = cursor.source;
  if (unpickle(cursor, { constructors: none }) !== magic) throw damaged(name, 'it is no PyTorch file');
  if (unpickle(cursor, { constructors: none }) !== knownVersion) {
    throw unsupported(name, 'it is of an unknown version of PyTorch');
  }
  const system = unpickle(cursor, { constructors: none });
  if (isMap(system) && system.get('little_endian') === false) {
    throw unsupported(name, 'it was written on a big-endian machine, which this program does not read');
  }
  const pending = new Map<string, Pending>();
  const value = unpickle(cursor, { constructors, persistent: (id, site) => findStorage(id, site, pending, open) });
  placeStorages(cursor, unpickle(cursor, { constructors: none }), pending);
  return value;
}

/** The last part of the id is null, or in very old files a view: `(key, offset, count)`. */
function findStorage(id: PickleValue, site: Site, pending: Map<string, Pending>, open: () => ByteSource): TorchStorage {
  const { dtype, key, count, rest } = parseStorageId(id, site);
  const entry = pending.get(key) ?? makePending(site.file, dtype, count, open);
  pending.set(key, entry);
  const [part] = rest;
  if (!isList(part)) return entry.storage.as(dtype);
  const [, from, length] = part;
  if (!isCount(from) || !isCount(length)) throw site.damaged('a view of a storage is not described');
  return entry.storage.slice(from, length);
}

function makePending(file: string, dtype: DType, count: number, open: () => ByteSource): Pending {
  const entry: Pending = {
    place: undefined,
    storage: new TorchStorage(file, dtype, count, () => {
      if (!entry.place) throw damaged(file, 'the values of a tensor are missing');
      return sliceSource(open(), entry.place.start, entry.place.length);
    }),
  };
  return entry;
}

function placeStorages(cursor: ByteCursor, keys: PickleValue, pending: ReadonlyMap<string, Pending>): void {
  const { source } = cursor;
  if (!isList(keys)) throw damaged(source.name, 'its list of storages is missing');
  for (const key of keys) {
    const entry = typeof key === 'string' ? pending.get(key) : undefined;
    const count = cursor.u64();
    if (!entry || count !== entry.storage.count) throw damaged(source.name, 'its list of storages contradicts itself');
    const length = count * elementBytes[entry.storage.dtype];
    entry.place = { start: cursor.skip(length), length };
  }
  const rest = source.size - cursor.position;
  if (rest > 0) throw damaged(source.name, `${rest} bytes at its end belong to no tensor`);
}

/** What was made of the bytes before: a file may name the same ones any number of times. */
const loaded = new WeakMap<Bytes, TorchStorage>();

/** `torch.storage._load_from_bytes(b)`: a storage in a file of this format inside of a plain pickle. */
const loadFromBytes: Constructor = ([bytes], site) => {
  if (!(bytes instanceof Bytes)) throw site.damaged('a storage has no bytes');
  const before = loaded.get(bytes);
  if (before) return before;
  const value = readTorchLegacy(() => bytes.open(), torchConstructors);
  if (!(value instanceof TorchStorage)) throw site.damaged('a storage is none');
  loaded.set(bytes, value);
  return value;
};

/** For plain pickles, in which PyTorch nests one file for each storage. */
export const nestedStorages: ReadonlyMap<string, Constructor> = new Map([
  ['torch.storage._load_from_bytes', loadFromBytes],
]);
