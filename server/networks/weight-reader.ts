import { FamiliarError } from '../errors.ts';
import { constant } from '../graph/ops.ts';
import type { Shape, Value } from '../graph/value.ts';
import type { TensorFile } from '../weights/tensor-file.ts';

/** Reads the tensors a network asks for by name and refuses what would only fail later, deep inside a graph. */
export class WeightReader {
  readonly #file: TensorFile;
  readonly #prefix: string;
  readonly #source: string;

  /** `source` names the file in messages. */
  constructor(file: TensorFile, source: string, prefix = '') {
    this.#file = file;
    this.#source = source;
    this.#prefix = prefix;
  }

  /** The same file under a longer prefix. */
  at(prefix: string): WeightReader {
    return new WeightReader(this.#file, this.#source, `${this.#prefix}${prefix}.`);
  }

  get metadata(): Readonly<Record<string, string>> {
    return this.#file.metadata;
  }

  has(name: string): boolean {
    return this.#file.tensors.has(this.#prefix + name);
  }

  /** Throws WEIGHTS_TENSOR_MISSING. */
  shape(name: string): Shape {
    const info = this.#file.tensors.get(this.#prefix + name);
    if (info === undefined) {
      throw new FamiliarError(
        'WEIGHTS_TENSOR_MISSING',
        `${this.#source}: tensor '${this.#prefix}${name}' is missing. The file is incomplete or of another architecture: copy or import it again.`,
      );
    }
    return info.shape;
  }

  /** Values of a tensor. Throws WEIGHTS_TENSOR_MISSING, WEIGHTS_WRONG_SHAPE or WEIGHTS_NOT_FINITE. */
  read(name: string, shape: Shape): Float32Array {
    const stored = this.shape(name);
    if (stored.length !== shape.length || stored.some((d, i) => d !== shape[i])) {
      throw new FamiliarError(
        'WEIGHTS_WRONG_SHAPE',
        `${this.#source}: tensor '${this.#prefix}${name}' has shape [${stored}] where [${shape}] is needed. The file does not fit its description: copy or import it again.`,
      );
    }
    const data = this.#file.read(this.#prefix + name);
    if (!isFinite32(data)) {
      throw new FamiliarError(
        'WEIGHTS_NOT_FINITE',
        `${this.#source}: tensor '${this.#prefix}${name}' holds NaN or infinite numbers. The file is damaged: copy or import it again.`,
      );
    }
    return data;
  }

  /** A tensor as a constant of the graph. Throws as `read`. */
  constant(name: string, shape: Shape): Value {
    return constant(this.read(name, shape), shape);
  }
}

/** The sum of anything with a NaN or an infinity is not finite; float64 cannot overflow on float32 terms. */
function isFinite32(data: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i] * 0;
  return sum === 0;
}
