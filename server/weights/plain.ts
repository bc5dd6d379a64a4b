import type { Budget } from './budget.ts';
import { NumpyArray } from './numpy-pickle.ts';
import { Bytes, Global, isList, isMap, LongText, PickleObject, type PickleValue } from './pickle-values.ts';
import { StoredTensor } from './stored-tensor.ts';

/** Settings and attributes as JSON can hold them. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** Arrays up to this size are settings (sizes, rates); larger ones are weights. */
const maxNumbers = 256;
/** Views of larger storages are parts of weights. */
const maxStored = 4096;

/** The numbers of a value that has some. */
export const tensorOf = (value: PickleValue | undefined): StoredTensor | undefined =>
  value instanceof StoredTensor ? value : value instanceof NumpyArray ? value.tensor : undefined;

/**
 * A value of a pickle as plain data. Small arrays become (nested) lists of numbers; what has no plain form (weights,
 * bytes, long texts, classes) becomes a text in angle brackets that says what it is.
 */
export function toPlain(value: PickleValue, budget: Budget): Plain {
  budget.spend();
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  const tensor = tensorOf(value);
  if (tensor) return plainTensor(tensor, budget);
  if (isList(value)) return value.map((item) => toPlain(item, budget));
  if (isMap(value)) return plainMap(value, budget);
  if (value instanceof Set) return [...value].map((item) => toPlain(item, budget));
  if (value instanceof NumpyArray) return value.objects.map((item) => toPlain(item, budget));
  if (value instanceof PickleObject) return plainObject(value, budget);
  if (value instanceof Global) return `<${value.path}>`;
  if (value instanceof LongText) return `<text of ${value.length} bytes>`;
  if (value instanceof Bytes) return '<bytes>';
  return '<data>';
}

/** A dict with its keys as texts. */
export const plainMap = (
  map: ReadonlyMap<PickleValue, PickleValue>,
  budget: Budget,
): { readonly [key: string]: Plain } =>
  Object.fromEntries([...map].map(([key, value]) => [keyText(key), toPlain(value, budget)]));

/** More than the names of any checkpoint's tensors. */
const maxKey = 1024;

/** A key of a dict as a part of a name; of a longer one, the beginning. */
export const keyText = (key: PickleValue): string =>
  typeof key === 'object' && key !== null ? '<key>' : String(key).slice(0, maxKey);

function plainObject(value: PickleObject, budget: Budget): Plain {
  if (value.path === 'pathlib.Path') return value.args.map((part) => (typeof part === 'string' ? part : '')).join('/');
  return value.attributes.size > 0 ? plainMap(value.attributes, budget) : `<${value.path}>`;
}

function plainTensor(tensor: StoredTensor, budget: Budget): Plain {
  const count = tensor.shape.reduce((product, size) => product * size, 1);
  if (count > maxNumbers || tensor.storage.count > maxStored) return `<${tensor.dtype} [${tensor.shape.join(', ')}]>`;
  budget.spend(tensor.storage.count);
  return nested(tensor.numbers(), tensor.shape);
}

function nested(values: readonly number[], shape: readonly number[]): Plain {
  if (shape.length === 0) return values[0] ?? null;
  if (shape.length === 1 || values.length === 0) return values;
  const step = values.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, i) => nested(values.slice(i * step, (i + 1) * step), shape.slice(1)));
}
