/**
 * How far a becoming is, 0..1: the part of its time that has gone by. The time may be changed while it runs; what is done
 * stays done. Told the time, in milliseconds of any clock that only goes forward.
 */
export class PaceClock {
  #done: number;
  #seconds: number;
  #at: number;

  constructor(done: number, seconds: number, now: number) {
    this.#done = done;
    this.#seconds = seconds;
    this.#at = now;
  }

  retime(seconds: number, now: number): void {
    this.done(now);
    this.#seconds = seconds;
  }

  /** Never falls, and never leaves 0..1. */
  done(now: number): number {
    const passed = Math.max(0, now - this.#at) / 1000;
    this.#at = Math.max(this.#at, now);
    this.#done = Math.min(1, this.#done + passed / this.#seconds);
    return this.#done;
  }
}
