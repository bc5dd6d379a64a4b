/** Wrong tries before a key must wait; then the first wait and the longest, s. Each further wrong try doubles the wait. */
export interface WaitPolicy {
  readonly free: number;
  readonly first: number;
  readonly longest: number;
}

/** Keys remembered; beyond that the one that was wrong longest ago is forgotten. */
const remembered = 1_000;

/** Counts wrong tries by key, and makes those who go on being wrong wait. `now` in ms, going evenly. */
export class WrongTries {
  readonly #policy: WaitPolicy;
  readonly #tries = new Map<string, { readonly wrong: number; readonly until: number }>();

  constructor(policy: WaitPolicy) {
    this.#policy = policy;
  }

  /** Seconds that a key has to wait; 0 where it may try. */
  left(key: string, now: number): number {
    return Math.max(0, Math.ceil(((this.#tries.get(key)?.until ?? now) - now) / 1_000));
  }

  /** Notes a wrong try. Returns how many there were, and how long the key waits now, s. */
  add(key: string, now: number): { readonly wrong: number; readonly wait: number } {
    const { free, first, longest } = this.#policy;
    const wrong = (this.#tries.get(key)?.wrong ?? 0) + 1;
    const wait = wrong < free ? 0 : Math.min(longest, first * 2 ** (wrong - free));
    this.#tries.delete(key);
    this.#tries.set(key, { wrong, until: now + wait * 1_000 });
    for (const oldest of this.#tries.keys()) {
      if (this.#tries.size <= remembered) break;
      this.#tries.delete(oldest);
    }
    return { wrong, wait };
  }

  forget(key: string): void {
    this.#tries.delete(key);
  }
}
