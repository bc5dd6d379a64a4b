import { beyondLimit, damaged, missingTensor } from './errors.ts';
import type { StoredTensor } from './stored-tensor.ts';
import type { TensorFile } from './tensor-file.ts';

/** Characters of all names; the largest checkpoints have 100,000. */
const maxNames = 2 ** 24;

/** Collects the tensors of a file under their names. */
export class TensorSet {
  private readonly file: string;
  private readonly tensors = new Map<string, StoredTensor>();
  private characters = 0;

  constructor(file: string) {
    this.file = file;
  }

  get size(): number {
    return this.tensors.size;
  }

  add(name: string, tensor: StoredTensor): void {
    this.characters += name.length;
    if (this.characters > maxNames) throw beyondLimit(this.file, 'the names of its tensors are too long');
    if (this.tensors.has(name)) throw damaged(this.file, `two tensors are called "${name}"`);
    this.tensors.set(name, tensor);
  }

  addAll(prefix: string, others: TensorSet): void {
    for (const [name, tensor] of others.tensors) this.add(prefix + name, tensor);
  }

  /** The tensors as a file of their own. Closing is left to whoever opened the file. */
  asFile(): TensorFile {
    const { file, tensors } = this;
    return {
      metadata: {},
      tensors,
      read(name) {
        const tensor = tensors.get(name);
        if (!tensor) throw missingTensor(file, name);
        return tensor.read();
      },
      close() {},
    };
  }
}
