import { type Constructor, Global, isCount, isList, isShape, type PickleValue, type Site } from './pickle-values.ts';
import { mention, objectOf } from './python-constructors.ts';
import { StoredTensor } from './stored-tensor.ts';
import type { DType } from './tensor-file.ts';
import { storageClasses, TorchStorage } from './torch-storage.ts';

// What torch.Tensor.__reduce_ex__ writes; see PyTorch's torch/_utils.py for the functions of the same names.

const types: Readonly<Record<string, DType>> = {
  float64: 'F64',
  double: 'F64',
  float32: 'F32',
  float: 'F32',
  float16: 'F16',
  half: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  long: 'I64',
  int32: 'I32',
  int: 'I32',
  int16: 'I16',
  short: 'I16',
  int8: 'I8',
  uint64: 'U64',
  uint32: 'U32',
  uint16: 'U16',
  uint8: 'U8',
  bool: 'BOOL',
};

/** `torch.float32` and the like, by full name. */
const dtypes: ReadonlyMap<string, DType> = new Map(
  Object.entries(types).map(([name, dtype]): [string, DType] => [`torch.${name}`, dtype]),
);

/** `(storage, offset, shape, strides, ...)`, offset and strides in elements. */
const rebuildTensor: Constructor = ([storage, offset, shape, strides], site) =>
  view(asStorage(storage, site), offset, shape, strides, site);

/** `(storage of bytes, offset, shape, strides, requires_grad, hooks, dtype, ...)`. */
const rebuildTensorV3: Constructor = ([storage, offset, shape, strides, , , type], site) => {
  const dtype = type instanceof Global ? dtypes.get(type.path) : undefined;
  if (!dtype) throw site.unsupported('a tensor of an unknown element type');
  return view(asStorage(storage, site).as(dtype), offset, shape, strides, site);
};

function asStorage(value: PickleValue | undefined, site: Site): TorchStorage {
  if (!(value instanceof TorchStorage)) throw site.damaged('a tensor has no storage');
  return value;
}

function view(
  storage: TorchStorage,
  offset: PickleValue | undefined,
  shape: PickleValue | undefined,
  strides: PickleValue | undefined,
  site: Site,
): StoredTensor {
  if (!isCount(offset) || !isShape(shape) || !isShape(strides)) throw site.damaged('a tensor is not described');
  return new StoredTensor(storage, shape, strides, offset);
}

const rebuilds: ReadonlyMap<string, Constructor> = new Map([
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_tensor_v3', rebuildTensorV3],
]);

/** A parameter is its tensor. */
const rebuildParameter: Constructor = ([data], site) => {
  if (!(data instanceof StoredTensor)) throw site.damaged('a parameter has no tensor');
  return data;
};

/** A tensor of a derived class: `(function, class, arguments, state)`. */
const rebuildFromType: Constructor = ([target, , args], site) => {
  const rebuild = target instanceof Global ? rebuilds.get(target.path) : undefined;
  if (!rebuild || !isList(args)) throw site.damaged('a tensor is not described');
  return rebuild(args, site);
};

const makeSize: Constructor = ([sizes = []], site) => {
  if (!isShape(sizes)) throw site.damaged('a size is none');
  return sizes;
};

/** PyTorch's tensors, storages and types; not the storages nested in plain pickles, see `nestedStorages`. */
export const torchConstructors: ReadonlyMap<string, Constructor> = new Map<string, Constructor>([
  ...rebuilds,
  ['torch._utils._rebuild_parameter', rebuildParameter],
  ['torch._utils._rebuild_parameter_with_state', rebuildParameter],
  ['torch._tensor._rebuild_from_type_v2', rebuildFromType],
  // Files of before PyTorch 0.4; the state that follows holds hooks only.
  ['torch.nn.parameter.Parameter', rebuildParameter],
  ['torch.Tensor', mention],
  ['torch.Size', makeSize],
  ['torch.device', objectOf('torch.device')],
  ...[...storageClasses.keys(), ...dtypes.keys()].map((path): [string, Constructor] => [path, mention]),
]);
