import { beyondLimit } from './errors.ts';

/** More than any checkpoint holds, and walked in a second. */
const maxNodes = 300_000;

/**
 * Bounds the work of walkers over a file's data. A file of a few hundred bytes can hold lists that share their items so
 * that walking them would never end.
 */
export class Budget {
  private readonly file: string;
  private left: number;

  constructor(file: string, nodes = maxNodes) {
    this.file = file;
    this.left = nodes;
  }

  /** Counts `nodes` visits. Throws FamiliarError when the file has too many. */
  spend(nodes = 1): void {
    this.left -= nodes;
    if (this.left < 0) throw beyondLimit(this.file, 'its data refers to itself too often');
  }
}
