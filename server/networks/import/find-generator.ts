import type { OpenedWeights } from '../../weights/opened-weights.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';
import type { GeneratorImport } from './generator-import.ts';
import { fromModule, fromStateDict } from './pytorch.ts';
import { fromRosinality } from './rosinality.ts';
import { fromTensorflow } from './tensorflow.ts';

/** The averaged generator is the one whose faces are good; the trained one is better than none. */
const preferred = ['G_ema', 'g_ema', '', 'G', 'g', 'state_dict'];
/** Where encoders and wrappers keep a generator in their state dict. */
const prefixes = ['', 'decoder.', 'generator.', 'module.', 'G_ema.', 'g_ema.'];

/** The best generator of a file in our layout; undefined where it holds none that is known. */
export function findGenerator(opened: OpenedWeights): GeneratorImport | undefined {
  switch (opened.kind) {
    case 'array':
      return undefined;
    case 'modules':
      return firstOf(byPreference(opened.modules), (module) => fromModule(module, opened.path));
    case 'tensorflow-networks':
      // The averaged network comes last; networks without weights are passed over.
      return firstOf([...opened.networks].reverse(), (network) => fromTensorflow(network, opened.path));
    case 'state-dict':
      return fromTensors(opened.tensors, opened.path, opened.tensors);
    case 'checkpoint':
      return firstOf([...byPreference(opened.groups), opened.tensors], (group) =>
        fromTensors(group, opened.path, opened.loose),
      );
  }
}

function fromTensors(file: TensorFile, source: string, loose: TensorFile): GeneratorImport | undefined {
  return firstOf(prefixes, (prefix) => {
    const view = prefix === '' ? file : withoutPrefix(file, prefix);
    return fromStateDict(view, source, file.metadata) ?? fromRosinality(view, source, loose);
  });
}

function byPreference<T>(parts: ReadonlyMap<string, T>): T[] {
  const known = preferred.filter((name) => parts.has(name));
  const others = [...parts.keys()].filter((name) => !preferred.includes(name));
  return [...known, ...others].map((name) => parts.get(name) as T);
}

function withoutPrefix(file: TensorFile, prefix: string): TensorFile {
  const names = [...file.tensors].filter(([name]) => name.startsWith(prefix));
  return {
    metadata: file.metadata,
    tensors: new Map(names.map(([name, info]) => [name.slice(prefix.length), info])),
    read: (name) => file.read(prefix + name),
    close() {},
  };
}

function firstOf<T, R>(items: Iterable<T>, find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
