/** Lets `rate` things a second through, and `burst` at once. Time is passed in, ms. */
export class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  #tokens: number;
  #at: number | null = null;

  constructor(rate: number, burst: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** @param cost how many things this one is worth; all of it passes, or none */
  take(now: number, cost = 1): boolean {
    const elapsed = this.#at === null ? 0 : Math.max(0, now - this.#at) / 1_000;
    this.#at = now;
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsed * this.#rate);
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }
}
