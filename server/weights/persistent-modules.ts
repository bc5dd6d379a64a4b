import type { Budget } from './budget.ts';
import { damaged } from './errors.ts';
import { type Constructor, isList, isMap, PickleObject, type PickleValue } from './pickle-values.ts';
import { keyText, type Plain, plainMap, tensorOf, toPlain } from './plain.ts';
import { objectOf } from './python-constructors.ts';
import type { TensorSet } from './tensor-set.ts';

// NVIDIA's networks of stylegan2-ada-pytorch and stylegan3. `torch_utils.persistence` stores each module with the
// Python source of its class, which stays unread here, and the state of a `torch.nn.Module`.

const reconstructPath = 'torch_utils.persistence._reconstruct_persistent_obj';

/** NVIDIA's modules and their dicts. */
export const persistentConstructors: ReadonlyMap<string, Constructor> = new Map<string, Constructor>([
  [reconstructPath, objectOf(reconstructPath)],
  ['dnnlib.util.EasyDict', () => new Map()],
  ['dnnlib.EasyDict', () => new Map()],
]);

/** A module without its tensors: what it was made from, its attributes, and its parts. */
export interface ModuleNode {
  /** Name of the Python class, such as `Generator`. */
  readonly className: string;
  /** What the constructor was called with. */
  readonly args: readonly Plain[];
  readonly kwargs: { readonly [name: string]: Plain };
  /** Attributes that are neither parts nor tensors, such as `num_ws`. */
  readonly attributes: { readonly [name: string]: Plain };
  readonly children: ReadonlyMap<string, ModuleNode>;
}

/** State of `torch.nn.Module` that says nothing about the network. */
const machinery =
  /^(training|_parameters|_buffers|_modules|_init_args|_init_kwargs|_orig_.*|_non_persistent_buffers_set|_is_full_backward_hook|_.*_hooks(_.*)?)$/;

/** The description of a module, where a value is one. */
export function persistentState(value: PickleValue | undefined): ReadonlyMap<PickleValue, PickleValue> | undefined {
  if (!(value instanceof PickleObject) || value.path !== reconstructPath) return undefined;
  const [description] = value.args;
  return isMap(description) ? description : undefined;
}

/** Reads a module and adds its tensors under their names in its `state_dict()`. */
export function readModule(
  value: PickleValue,
  file: string,
  tensors: TensorSet,
  budget: Budget,
  prefix = '',
): ModuleNode {
  budget.spend();
  const description = persistentState(value);
  const state = description?.get('state');
  if (!description || !isMap(state)) throw damaged(file, `the network part "${prefix}" is not described`);
  for (const [name, tensor] of ownTensors(state)) tensors.add(prefix + name, tensor);
  const children = new Map<string, ModuleNode>();
  for (const [key, child] of mapOf(state.get('_modules'))) {
    const name = keyText(key);
    if (child !== null) children.set(name, readModule(child, file, tensors, budget, `${prefix}${name}.`));
  }
  const className = description.get('class_name');
  const args = state.get('_init_args');
  return {
    className: typeof className === 'string' ? className : '',
    args: isList(args) ? args.map((arg) => toPlain(arg, budget)) : [],
    kwargs: plainMap(mapOf(state.get('_init_kwargs')), budget),
    attributes: plainMap(new Map([...state].filter(([key]) => !machinery.test(keyText(key)))), budget),
    children,
  };
}

/** Parameters and persistent buffers. */
function* ownTensors(state: ReadonlyMap<PickleValue, PickleValue>) {
  const hidden = state.get('_non_persistent_buffers_set');
  for (const group of ['_parameters', '_buffers']) {
    for (const [key, value] of mapOf(state.get(group))) {
      const tensor = tensorOf(value);
      if (tensor && !(hidden instanceof Set && hidden.has(key))) yield [keyText(key), tensor] as const;
    }
  }
}

const mapOf = (value: PickleValue | undefined): ReadonlyMap<PickleValue, PickleValue> =>
  isMap(value) ? value : new Map();
