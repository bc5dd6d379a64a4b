import {
  call,
  dict,
  type Emitted,
  emitted,
  global,
  type Item,
  persistent,
  pickle,
  pickleChunks,
  tuple,
} from './pickle-writer.ts';
import { type ZipOptions, zip } from './zip-writer.ts';

/** A storage to write: its PyTorch class and its elements. */
export interface Stored {
  readonly type: string;
  readonly data: ArrayBufferView;
}

export const floats = (...values: number[]): Stored => ({ type: 'FloatStorage', data: Float32Array.from(values) });

const elementSizes: Record<string, number> = {
  DoubleStorage: 8,
  LongStorage: 8,
  FloatStorage: 4,
  IntStorage: 4,
  HalfStorage: 2,
  BFloat16Storage: 2,
  ShortStorage: 2,
};

const countOf = ({ type, data }: Stored): number => data.byteLength / (elementSizes[type] ?? 1);
const bytesOf = ({ data }: Stored): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** How storages get into a file: by a key, or nested in the pickle itself. */
type Place = (storage: Stored) => Item;

export interface View {
  readonly storage: Stored;
  readonly shape: readonly number[];
  readonly strides?: readonly number[];
  readonly offset?: number;
}

/** Data with tensors in it, for every place of their storages. */
export type TorchData = (tensor: (view: View) => Emitted) => Item;

const tensorAt =
  (place: Place) =>
  ({ storage, shape, strides = dense(shape), offset = 0 }: View): Emitted =>
    call(
      'torch._utils',
      '_rebuild_tensor_v2',
      place(storage),
      offset,
      tuple(...shape),
      tuple(...strides),
      false,
      call('collections', 'OrderedDict'),
    );

function dense(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
}

/** Keys of storages in the order in which they are met. */
class Keys {
  readonly storages: Stored[] = [];

  readonly place: Place = (storage) => {
    if (!this.storages.includes(storage)) this.storages.push(storage);
    const id = [
      'storage',
      global('torch', storage.type),
      String(this.storages.indexOf(storage)),
      'cpu',
      countOf(storage),
    ];
    return persistent(tuple(...(id as Item[])));
  };

  readonly legacyPlace: Place = (storage) => {
    this.place(storage);
    const key = String(this.storages.indexOf(storage));
    return persistent(tuple('storage', global('torch', storage.type), key, 'cpu', countOf(storage), null));
  };
}

/** A file of PyTorch 1.6 and later. */
export function torchZip(data: TorchData, options: ZipOptions = {}, extra: Record<string, Uint8Array> = {}): Buffer {
  const keys = new Keys();
  const root = pickle(data(tensorAt(keys.place)), 2);
  const parts = keys.storages.map((storage, i): [string, Uint8Array] => [`net/data/${i}`, bytesOf(storage)]);
  return zip(
    { 'net/data.pkl': root, 'net/version': Buffer.from('3\n'), ...Object.fromEntries(parts), ...extra },
    options,
  );
}

const head = (): Buffer[] => [
  pickle(0x1950a86a20f9469cfc6cn, 2),
  pickle(1001, 2),
  pickle(
    new Map<Item, Item>([
      ['protocol_version', 1001],
      ['little_endian', true],
    ]),
    2,
  ),
];

/** A file of PyTorch before 1.6. */
export function torchLegacy(data: TorchData): Buffer {
  const keys = new Keys();
  const root = pickle(data(tensorAt(keys.legacyPlace)), 2);
  const names = keys.storages.map((_, i) => String(i));
  return Buffer.concat([...head(), root, pickle(names, 2), ...keys.storages.flatMap((s) => [lengthOf(s), bytesOf(s)])]);
}

function lengthOf(storage: Stored): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(countOf(storage)));
  return length;
}

/** The parts of a plain pickle in which each storage is a legacy file of its own. */
export function torchPickleChunks(data: TorchData, protocol = 4): Uint8Array[] {
  const nested: Place = (storage) => call('torch.storage', '_load_from_bytes', nestedBytes(storage));
  return pickleChunks(data(tensorAt(nested)), protocol);
}

export const torchPickle = (data: TorchData, protocol = 4): Buffer => Buffer.concat(torchPickleChunks(data, protocol));

/** Bytes in parts, so that large storages are never copied; protocols before 3 need them in one. */
function nestedBytes(storage: Stored): Item {
  const id = tuple('storage', global('torch', storage.type), '0', 'cpu', countOf(storage), null);
  const parts = [...head(), pickle(persistent(id), 2), pickle(['0'], 2), lengthOf(storage), bytesOf(storage)];
  return emitted((writer) => {
    if (writer.protocol < 3) writer.item(Buffer.concat(parts));
    else {
      writer.raw(0x42).number(
        4,
        parts.reduce((sum, part) => sum + part.length, 0),
      );
      writer.chunks.push(...parts);
    }
  });
}

/** A module as NVIDIA's `torch_utils.persistence` pickles it, with its Python, which nobody may run. */
export const nvidiaModule = (className: string, state: Readonly<Record<string, Item>>, source = '# not run'): Item =>
  call(
    'torch_utils.persistence',
    '_reconstruct_persistent_obj',
    dict({ type: 'class', version: 6, module_src: source, class_name: className, state: dict(state) }),
  );
