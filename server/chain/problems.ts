import type { Off } from '../installation/ports.ts';

/** What is wrong with faces or the disk, in words for a technician. Others may find the same, so that it is said once. */
export class Problems {
  readonly #told: string[];
  readonly #listeners = new Set<(problem: string) => void>();

  constructor(told: readonly string[]) {
    this.#told = [...told];
  }

  get all(): readonly string[] {
    return this.#told;
  }

  on(listener: (problem: string) => void): Off {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  report(problem: string): void {
    if (this.#told.includes(problem)) return;
    this.#told.push(problem);
    for (const listener of this.#listeners) listener(problem);
  }
}
