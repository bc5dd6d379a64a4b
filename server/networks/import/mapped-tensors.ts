import { missingTensor } from '../../weights/errors.ts';
import type { TensorFile, TensorInfo } from '../../weights/tensor-file.ts';

/** How a tensor of one layout becomes a tensor of another. */
export interface Conversion {
  shape(shape: readonly number[]): readonly number[];
  data(data: Float32Array, shape: readonly number[]): Float32Array;
}

/** One kind of tensor: what it is called in the file and with us, and what has to be done to it. */
export interface Rule {
  readonly pattern: RegExp;
  /** Our name, from the pattern's groups; undefined for what is not needed. */
  to(...groups: string[]): string | undefined;
  readonly convert?: Conversion;
}

/** Tensors under new names, each read and converted when it is asked for. */
export class MappedTensors implements TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly #infos = new Map<string, TensorInfo>();
  readonly #reads = new Map<string, () => Float32Array>();
  readonly #source: string;

  /** `source` names the file in messages. */
  constructor(source: string, metadata: Readonly<Record<string, string>> = {}) {
    this.#source = source;
    this.metadata = metadata;
  }

  get tensors(): ReadonlyMap<string, TensorInfo> {
    return this.#infos;
  }

  add(name: string, shape: readonly number[], read: () => Float32Array): void {
    this.#infos.set(name, { dtype: 'F32', shape });
    this.#reads.set(name, read);
  }

  /** Adds every tensor of a file that a rule knows, by the first such rule. */
  addByRules(file: TensorFile, rules: readonly Rule[]): void {
    for (const [name, { shape }] of file.tensors) {
      for (const { pattern, to, convert } of rules) {
        const groups = pattern.exec(name);
        if (!groups) continue;
        const target = to(...groups.slice(1));
        if (target === undefined) break;
        if (convert) this.add(target, convert.shape(shape), () => convert.data(file.read(name), shape));
        else this.add(target, shape, () => file.read(name));
        break;
      }
    }
  }

  read(name: string): Float32Array {
    const read = this.#reads.get(name);
    if (!read) throw missingTensor(this.#source, name);
    return read();
  }

  /** Nothing: the file that the tensors come from is closed by whoever opened it. */
  close(): void {}
}
