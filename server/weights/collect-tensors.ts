import type { Budget } from './budget.ts';
import { NumpyArray } from './numpy-pickle.ts';
import { type ModuleNode, persistentState, readModule } from './persistent-modules.ts';
import { isList, isMap, PickleObject, type PickleValue } from './pickle-values.ts';
import { keyText, tensorOf } from './plain.ts';
import type { TensorSet } from './tensor-set.ts';

/**
 * Adds every tensor in a value under its place: keys of dicts, positions in lists, and names of attributes, with dots
 * between them. A module's tensors are called as in its `state_dict()`, and the module itself goes into `modules` by its place.
 */
export function collectTensors(
  value: PickleValue,
  file: string,
  tensors: TensorSet,
  budget: Budget,
  path = '',
  modules: Map<string, ModuleNode> = new Map(),
): void {
  budget.spend();
  const tensor = tensorOf(value);
  if (tensor) tensors.add(path, tensor);
  else if (persistentState(value)) {
    modules.set(path, readModule(value, file, tensors, budget, path === '' ? '' : `${path}.`));
  } else collectParts(value, file, tensors, budget, path, modules);
}

function collectParts(
  value: PickleValue,
  file: string,
  tensors: TensorSet,
  budget: Budget,
  path: string,
  modules: Map<string, ModuleNode>,
): void {
  for (const [key, child] of partsOf(value)) {
    if (typeof child !== 'object' || child === null) continue;
    collectTensors(child, file, tensors, budget, path === '' ? key : `${path}.${key}`, modules);
  }
}

/** What a value that holds others holds, by the name each has in it. */
export function* partsOf(value: PickleValue): Generator<readonly [string, PickleValue]> {
  if (isMap(value)) for (const [key, child] of value) yield [keyText(key), child];
  else if (isList(value)) for (const [i, child] of value.entries()) yield [String(i), child];
  else if (value instanceof PickleObject) for (const [key, child] of value.attributes) yield [keyText(key), child];
  // An array of one object is that object: what numpy.save makes of a dict.
  else if (value instanceof NumpyArray && value.objects.length === 1) yield* partsOf(value.objects[0]!);
  else if (value instanceof NumpyArray) for (const [i, child] of value.objects.entries()) yield [String(i), child];
}
