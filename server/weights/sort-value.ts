import type { Budget } from './budget.ts';
import { collectTensors, partsOf } from './collect-tensors.ts';
import type {
  Checkpoint,
  Modules,
  Opened,
  OpenedModule,
  OpenedTensorflowNetwork,
  OpenedWeights,
  SingleArray,
  StateDict,
  TensorflowNetworks,
} from './opened-weights.ts';
import { type ModuleNode, persistentState, readModule } from './persistent-modules.ts';
import { isList, isMap, type PickleValue } from './pickle-values.ts';
import { type Plain, tensorOf, toPlain } from './plain.ts';
import type { TensorFile } from './tensor-file.ts';
import { TensorSet } from './tensor-set.ts';
import { isTensorflowNetwork, readTensorflowNetwork } from './tensorflow-networks.ts';

type Sorted<T extends OpenedWeights> = Omit<T, Exclude<keyof Opened, 'tensors'>>;

/** What a file's data is, without what the file itself is. */
export type SortedWeights =
  | Sorted<SingleArray>
  | Sorted<StateDict>
  | Sorted<Checkpoint>
  | Sorted<Modules>
  | Sorted<TensorflowNetworks>;

/** Tells by its structure what the data of a pickle is, and names its tensors. */
export function sortValue(value: PickleValue, file: string, budget: Budget): SortedWeights {
  const networks = (isList(value) ? value : [value]).filter(isTensorflowNetwork);
  if (networks.length > 0) return sortNetworks(networks, file, budget);
  const entries: readonly (readonly [string, PickleValue])[] = persistentState(value)
    ? [['', value]]
    : [...partsOf(value)];
  if (entries.some(([, child]) => persistentState(child))) return sortModules(entries, file, budget);

  const tensors = new TensorSet(file);
  const tensor = tensorOf(value);
  if (tensor) {
    tensors.add('array', tensor);
    return { kind: 'array', tensors: tensors.asFile() };
  }
  if (isMap(value) && entries.every(([, child]) => tensorOf(child))) {
    collectTensors(value, file, tensors, budget);
    return { kind: 'state-dict', tensors: tensors.asFile() };
  }
  return sortCheckpoint(entries, file, budget);
}

function sortNetworks(values: readonly PickleValue[], file: string, budget: Budget): Sorted<TensorflowNetworks> {
  const tensors = new TensorSet(file);
  const networks = values.map((value): OpenedTensorflowNetwork => {
    const own = new TensorSet(file);
    const root = readTensorflowNetwork(value, file, own, budget);
    tensors.addAll(`${root.name}/`, own);
    return { root, tensors: own.asFile() };
  });
  return { kind: 'tensorflow-networks', tensors: tensors.asFile(), networks };
}

type Entries = readonly (readonly [string, PickleValue])[];

function sortModules(entries: Entries, file: string, budget: Budget): Sorted<Modules> {
  const tensors = new TensorSet(file);
  const modules = new Map<string, OpenedModule>();
  const values: Record<string, Plain> = {};
  for (const [key, value] of entries) {
    if (!persistentState(value)) {
      values[key] = toPlain(value, budget);
      continue;
    }
    const own = new TensorSet(file);
    const root = readModule(value, file, own, budget);
    tensors.addAll(key === '' ? '' : `${key}.`, own);
    modules.set(key, { root, tensors: own.asFile() });
  }
  return { kind: 'modules', tensors: tensors.asFile(), modules, values };
}

function sortCheckpoint(entries: Entries, file: string, budget: Budget): Sorted<Checkpoint> {
  const tensors = new TensorSet(file);
  const loose = new TensorSet(file);
  const groups = new Map<string, TensorFile>();
  const modules = new Map<string, ModuleNode>();
  const values: Record<string, Plain> = {};
  for (const [key, value] of entries) {
    const tensor = tensorOf(value);
    const own = new TensorSet(file);
    const inside = new Map<string, ModuleNode>();
    if (tensor) loose.add(key, tensor);
    else collectTensors(value, file, own, budget, '', inside);
    if (own.size > 0) groups.set(key, own.asFile());
    else if (!tensor) values[key] = toPlain(value, budget);
    tensors.addAll(`${key}.`, own);
    for (const [path, module] of inside) modules.set(path === '' ? key : `${key}.${path}`, module);
  }
  tensors.addAll('', loose);
  return { kind: 'checkpoint', tensors: tensors.asFile(), groups, loose: loose.asFile(), modules, values };
}
