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

  /**
   * What the file says of this layer, or of the whole network where it says nothing of the layer: undefined where it
   * does not say. Empty stands for Python's None.
   */
  setting(name: string): string | undefined {
    const { metadata } = this.#file;
    return metadata[this.#prefix + name] ?? metadata[name];
  }

  /** A setting of this layer alone that is a number; `preset` where the file does not say. Throws WEIGHTS_SETTINGS. */
  numberOf(name: string, preset: number, limit = 4096): number {
    const text = this.#file.metadata[this.#prefix + name];
    const value = text === undefined ? preset : Number(text);
    if (Math.abs(value) <= limit) return value;
    throw wrongSetting(this.#source, this.#prefix + name, text);
  }

  /** Largest magnitude of activations, or null where they are not limited. Throws WEIGHTS_SETTINGS. */
  clamp(preset: number | null): number | null {
    const text = this.setting('conv_clamp');
    if (text === undefined) return preset;
    // Python's None, and 0, which earlier versions of this program stored for it.
    if (text === '' || text === 'None' || text === '0') return null;
    const value = Number(text);
    if (value > 0) return value;
    throw wrongSetting(this.#source, `${this.#prefix}conv_clamp`, text);
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

/** A setting that no network can have. */
export const wrongSetting = (source: string, name: string, value: string | undefined): FamiliarError =>
  new FamiliarError(
    'WEIGHTS_SETTINGS',
    `${source}: the setting ${name} is ${value ?? 'missing'}, which no known network has. Import the network again.`,
  );

/** The sum of anything with a NaN or an infinity is not finite; float64 cannot overflow on float32 terms. */
function isFinite32(data: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i] * 0;
  return sum === 0;
}
