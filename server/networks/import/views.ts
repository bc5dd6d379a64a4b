import type { TensorFile, TensorInfo } from '../../weights/tensor-file.ts';

/** A file's tensors under other names, by the new name. Closing is left to whoever opened the file. */
export function renamedView(file: TensorFile, originals: ReadonlyMap<string, string>): TensorFile {
  const tensors = new Map<string, TensorInfo>();
  for (const [name, original] of originals) {
    const info = file.tensors.get(original);
    if (info) tensors.set(name, info);
  }
  return { metadata: file.metadata, tensors, read: (name) => file.read(originals.get(name) ?? name), close() {} };
}

/** The tensors whose names begin so, without that beginning. */
export function prefixed(file: TensorFile, prefix: string): TensorFile {
  const names = [...file.tensors.keys()].filter((name) => name.startsWith(prefix));
  return renamedView(file, new Map(names.map((name) => [name.slice(prefix.length), name])));
}

/** What parallel training, compilation and sharding put between the parts of names. */
const wrapper = /(^|\.)(?:module|_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|_forward_module)(?=\.)/g;

/** The tensors without the names of wrappers, where that leaves every name its own. */
export function withoutWrappers(file: TensorFile): TensorFile {
  const originals = new Map<string, string>();
  for (const name of file.tensors.keys()) {
    const bare = name.replace(wrapper, '').replace(/^\./, '');
    originals.set(originals.has(bare) || (bare !== name && file.tensors.has(bare)) ? name : bare, name);
  }
  return renamedView(file, originals);
}

/** The tensors of one file, and those of another that it lacks. */
export function overlaid(upper: TensorFile, lower: TensorFile): TensorFile {
  return {
    metadata: upper.metadata,
    tensors: new Map([...lower.tensors, ...upper.tensors]),
    read: (name) => (upper.tensors.has(name) ? upper.read(name) : lower.read(name)),
    close() {},
  };
}
