const N = 624;
const M = 397;

/**
 * The Mersenne Twister MT19937 with the uniform and normal numbers of numpy's RandomState, bit for bit: a seed means the
 * same faces here as in the public Python code.
 * Source: Matsumoto and Nishimura 1998; numpy's legacy distributions for the order in which a pair of normals is used.
 */
export class RandomState {
  readonly #state = new Uint32Array(N);
  #index = N;
  #spare: number | undefined;

  /** seed: an integer, 0 to 2^32 - 1. */
  constructor(seed: number) {
    this.#state[0] = seed >>> 0;
    for (let i = 1; i < N; i++) {
      const previous = this.#state[i - 1] ^ (this.#state[i - 1] >>> 30);
      this.#state[i] = Math.imul(1812433253, previous) + i;
    }
  }

  /** 32 random bits. */
  uint32(): number {
    if (this.#index === N) this.#refill();
    let y = this.#state[this.#index++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** In [0, 1) with 53 bits. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Standard normal, by Marsaglia's polar method. */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const a = 2 * this.uniform() - 1;
      const b = 2 * this.uniform() - 1;
      const r = a * a + b * b;
      if (r < 1 && r !== 0) {
        const f = Math.sqrt((-2 * Math.log(r)) / r);
        this.#spare = f * a;
        return f * b;
      }
    }
  }

  normals(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.normal());
  }

  #refill(): void {
    const s = this.#state;
    for (let i = 0; i < N; i++) {
      const y = (s[i] & 0x80000000) | (s[(i + 1) % N] & 0x7fffffff);
      s[i] = s[(i + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#index = 0;
  }
}
