/** Element types of stored tensors, in safetensors' spelling. */
export type DType =
  | 'F64'
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'I64'
  | 'I32'
  | 'I16'
  | 'I8'
  | 'U64'
  | 'U32'
  | 'U16'
  | 'U8'
  | 'BOOL';

export interface TensorInfo {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/**
 * Named tensors of a file, whatever its format. Tensors are read one at a time, so that a file of several gigabytes is
 * never held whole.
 */
export interface TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** The values of one tensor in row-major order, converted to float32. Throws FamiliarError where there is none. */
  read(name: string): Float32Array;
  close(): void;
}

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
