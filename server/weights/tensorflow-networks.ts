import type { Budget } from './budget.ts';
import { damaged } from './errors.ts';
import { type Constructor, isList, isMap, PickleObject, type PickleValue } from './pickle-values.ts';
import { keyText, type Plain, plainMap, tensorOf } from './plain.ts';
import { objectOf } from './python-constructors.ts';
import { scalarTensor } from './stored-tensor.ts';
import type { TensorSet } from './tensor-set.ts';

// NVIDIA's networks of the TensorFlow era: `dnnlib.tflib.network.Network`, whose state holds the Python source that
// builds it (which stays unread here), what that was called with, its parts, and its variables by name.

const networkPath = 'dnnlib.tflib.network.Network';

/** NVIDIA's class of networks. */
export const tensorflowConstructors: ReadonlyMap<string, Constructor> = new Map([[networkPath, objectOf(networkPath)]]);

/** A network without its variables. */
export interface TensorflowNetwork {
  /** `Gs`, `G_synthesis` and the like. */
  readonly name: string;
  /** Version of the class: 3 for StyleGAN, 4 for StyleGAN2. */
  readonly version: number | undefined;
  /** Name of the Python function that builds it. */
  readonly buildFunction: string;
  /** What that function is called with. */
  readonly kwargs: { readonly [name: string]: Plain };
  /** Parts, by the name under which the network calls them. */
  readonly components: ReadonlyMap<string, TensorflowNetwork>;
}

export const isTensorflowNetwork = (value: PickleValue | undefined): value is PickleObject =>
  value instanceof PickleObject && value.path === networkPath;

/** Reads a network and adds its variables: its own by their names, those of parts as `part/name`. */
export function readTensorflowNetwork(
  value: PickleValue,
  file: string,
  tensors: TensorSet,
  budget: Budget,
  prefix = '',
): TensorflowNetwork {
  budget.spend();
  if (!isTensorflowNetwork(value) || !isMap(value.state))
    throw damaged(file, `the network "${prefix}" is not described`);
  const { attributes: state } = value;
  const variables = state.get('variables');
  for (const pair of isList(variables) ? variables : []) {
    const [name, values] = isList(pair) ? pair : [];
    const tensor = typeof values === 'number' ? scalarTensor(file, values) : tensorOf(values);
    if (typeof name !== 'string' || !tensor) throw damaged(file, `a variable of "${prefix}" is not described`);
    tensors.add(prefix + name, tensor);
  }
  const components = new Map<string, TensorflowNetwork>();
  const parts = state.get('components');
  for (const [key, part] of isMap(parts) ? parts : []) {
    const name = keyText(key);
    components.set(name, readTensorflowNetwork(part, file, tensors, budget, `${prefix}${name}/`));
  }
  const [name, version, buildFunction] = ['name', 'version', 'build_func_name'].map((key) => state.get(key));
  const kwargs = state.get('static_kwargs');
  return {
    name: typeof name === 'string' ? name : '',
    version: typeof version === 'number' ? version : undefined,
    buildFunction: typeof buildFunction === 'string' ? buildFunction : '',
    kwargs: isMap(kwargs) ? plainMap(kwargs, budget) : {},
    components,
  };
}
