import type { ModuleNode } from './persistent-modules.ts';
import type { Plain } from './plain.ts';
import type { TensorFile } from './tensor-file.ts';
import type { TensorflowNetwork } from './tensorflow-networks.ts';

/** How the file is built. */
export type Container =
  | 'safetensors'
  | 'torch-zip'
  | 'torch-legacy'
  | 'torchscript'
  | 'pickle'
  | 'npy'
  | 'npz'
  | 'onnx';

/** What is common to all files of weights. */
export interface Opened {
  readonly path: string;
  readonly container: Container;
  /** Every tensor of the file by its full name. */
  readonly tensors: TensorFile;
  /** Closes the file; no tensor can be read after that. */
  close(): void;
}

/** One array without a name; it is called `array` in `tensors`. */
export interface SingleArray extends Opened {
  readonly kind: 'array';
}

/** Named tensors and nothing else: safetensors, npz, ONNX, and PyTorch's state dicts. */
export interface StateDict extends Opened {
  readonly kind: 'state-dict';
}

/** Nested dicts and lists with tensors in them, such as training checkpoints. */
export interface Checkpoint extends Opened {
  readonly kind: 'checkpoint';
  /** The tensors of each dict or list in the outermost dict, called as within that entry. */
  readonly groups: ReadonlyMap<string, TensorFile>;
  /** The tensors that stand alone in the outermost dict, such as `latent_avg`. */
  readonly loose: TensorFile;
  /** NVIDIA's modules deeper in the file, by their place: what their layers say of themselves. */
  readonly modules: ReadonlyMap<string, ModuleNode>;
  /** The entries without tensors: settings, counters. */
  readonly values: { readonly [key: string]: Plain };
}

/** One network of a file with its tensors, called as within the network. */
export interface OpenedModule {
  readonly root: ModuleNode;
  readonly tensors: TensorFile;
}

/** NVIDIA's PyTorch networks, by the keys `G`, `D`, `G_ema`; one that stands alone has the key ''. */
export interface Modules extends Opened {
  readonly kind: 'modules';
  readonly modules: ReadonlyMap<string, OpenedModule>;
  /** The other entries: settings of the training set and the like. */
  readonly values: { readonly [key: string]: Plain };
}

/** One TensorFlow network with its variables, called as within the network: `synthesis/4x4/Const/const`. */
export interface OpenedTensorflowNetwork {
  readonly root: TensorflowNetwork;
  readonly tensors: TensorFile;
}

/** NVIDIA's TensorFlow networks in the order of the file (G, D, Gs); in `tensors` their variables are `Gs/name`. */
export interface TensorflowNetworks extends Opened {
  readonly kind: 'tensorflow-networks';
  readonly networks: readonly OpenedTensorflowNetwork[];
}

/** What a file of weights turned out to be. */
export type OpenedWeights = SingleArray | StateDict | Checkpoint | Modules | TensorflowNetworks;
