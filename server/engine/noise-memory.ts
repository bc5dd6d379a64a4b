/** Bytes of noise maps that are remembered of one becoming; two and the newest always are. */
const mostBytes = 32 * 2 ** 20;

interface Kept {
  readonly step: number;
  readonly noise: Uint16Array;
}

/**
 * The noise maps of a becoming's steps in half precision. There is no room for all: where they are too many, every other
 * one goes, and of those to come as many, so that they stay spread evenly over the whole. The newest always stays.
 */
export class NoiseMemory {
  readonly #mostBytes: number;
  #kept: Kept[] = [];
  #newest: Kept | null = null;
  #stride = 1;
  #count = 0;

  constructor(limit = mostBytes) {
    this.#mostBytes = limit;
  }

  /** @param step its number, larger than that of any before */
  add(step: number, noise: Uint16Array): void {
    this.#newest = { step, noise };
    if (this.#count++ % this.#stride > 0) return;
    this.#kept.push(this.#newest);
    if (this.#kept.length <= 2 || this.#kept.length * noise.byteLength <= this.#mostBytes) return;
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
  }

  /** The newest noise up to a step, all maps one after the other; null where there is none. */
  at(step: number): Uint16Array | null {
    const all = this.#newest ? [...this.#kept, this.#newest] : [];
    const found = all.findLast((one) => one.step <= step) ?? all[0];
    return found?.noise ?? null;
  }

  /** Forgets all but the newest: those before show a face that is deleted. */
  forgetStart(): void {
    this.#kept = [];
  }
}
