import { FamiliarError } from '../../errors.ts';
import type { Plain } from '../../weights/plain.ts';
import type { TensorFile, TensorInfo } from '../../weights/tensor-file.ts';
import { type Architecture, loadGenerator } from '../architectures.ts';

/** A generator found in a public file, in our layout. */
export interface GeneratorImport {
  readonly architecture: Architecture;
  /** What a technician would call it: 'StyleGAN2 of rosinality'. */
  readonly title: string;
  /** Undefined where the file does not tell. */
  readonly resolution: number | undefined;
  readonly settings: { readonly [name: string]: Plain };
  /** What the file lacks and is made up, a sentence each. */
  readonly notes: readonly string[];
  /** Why it cannot be drawn as it is, each the rest of a sentence without a full stop. */
  readonly problems: readonly string[];
  /** In our layout; its metadata are the settings that the loader needs. */
  readonly tensors: TensorFile;
}

/** What is found, in a line: `StyleGAN2 (PyTorch, NVIDIA), 1024 x 1024 pixels`. */
export const titleOf = ({ title, resolution }: GeneratorImport): string =>
  resolution === undefined ? title : `${title}, ${resolution} x ${resolution} pixels`;

/** Sides of the largest of the blocks b4, b8, ... */
export const largestBlock = (tensors: ReadonlyMap<string, TensorInfo>): number =>
  Math.max(0, ...[...tensors.keys()].map((name) => Number(/^synthesis\.b(\d+)\./.exec(name)?.[1] ?? 0)));

/** A gigabyte of float32; the largest public generators have a tenth of that. */
const maxNumbers = 2 ** 28;

/**
 * What is missing to build the network: one line, or none. Only names and shapes are looked at; the numbers stay in
 * the file.
 */
export function missingParts({ architecture, tensors, problems }: GeneratorImport): string[] {
  if (problems.length > 0) return problems.map((problem) => `${problem}.`);
  const numbers = numbersOf(tensors);
  if (numbers > maxNumbers) return [`it has ${numbers.toLocaleString('en-US')} numbers, more than any known network`];
  const sizes: TensorFile = {
    metadata: tensors.metadata,
    tensors: tensors.tensors,
    read: (name) => new Float32Array((tensors.tensors.get(name)?.shape ?? []).reduce((a, b) => a * b, 1)),
    close() {},
  };
  try {
    loadGenerator(architecture, sizes, 'this file');
    return [];
  } catch (error) {
    if (!(error instanceof FamiliarError)) throw error;
    return [error.message];
  }
}

/** Numbers of all tensors. */
export const numbersOf = ({ tensors }: TensorFile): number =>
  [...tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
