/** A value that follows its target without ever jumping or overshooting: a critically damped spring. */
export class Spring {
  value: number;
  private velocity = 0;

  constructor(value: number) {
    this.value = value;
  }

  /** Moves towards `target` for `dt` seconds; after `seconds` some 95 % of the way is done. Exact for any `dt`. */
  follow(target: number, dt: number, seconds: number): number {
    if (seconds <= 0) return this.set(target);
    const omega = 4.74 / seconds;
    const offset = this.value - target;
    const drift = (this.velocity + omega * offset) * dt;
    const decay = Math.exp(-omega * dt);
    this.velocity = (this.velocity - omega * drift) * decay;
    this.value = target + (offset + drift) * decay;
    if (Math.abs(this.value - target) < 1e-4 && Math.abs(this.velocity) < 1e-4) return this.set(target);
    return this.value;
  }

  /** Is at `value` at once, and at rest. */
  set(value: number): number {
    this.velocity = 0;
    this.value = value;
    return value;
  }
}
