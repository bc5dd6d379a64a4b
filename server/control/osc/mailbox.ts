import type { OscInteger } from './packet.ts';

export type Values = readonly (number | string | boolean | OscInteger)[];
export type Letter = readonly [address: string, values: Values];

/** Ms between two deliveries: 20 a second, which faders and lamps follow smoothly. */
export const beat = 50;
/** Beats for which a value must rest before whoever moves it is told it: 300 ms at least, the first beat may be near. */
const quiet = 7;
/** Moments kept between two beats. */
const mostMoments = 16;

/**
 * What one subscriber is still to be told. Of a value only the newest is kept; moments all are, in their order. A value
 * that the subscriber moves itself rests until it has come to rest: a fader must not be pulled from under a finger.
 */
export class Mailbox {
  #moments: Letter[] = [];
  readonly #values = new Map<string, Values>();
  /** Beats left, by address. */
  readonly #held = new Map<string, number>();

  /** A value, of which the newest counts. */
  put(address: string, values: Values): void {
    this.#values.set(address, values);
  }

  /** Something that happened, which is told even where the next follows at once. */
  post(address: string, values: Values): void {
    this.#moments.push([address, values]);
    if (this.#moments.length > mostMoments) this.#moments.shift();
  }

  /** The subscriber has moved this value. */
  hold(address: string): void {
    this.#held.set(address, quiet);
  }

  get isEmpty(): boolean {
    return this.#moments.length === 0 && this.#values.size === 0;
  }

  /** A beat has passed: what is told now. */
  take(): readonly Letter[] {
    for (const [address, beats] of this.#held) {
      if (beats > 1) this.#held.set(address, beats - 1);
      else this.#held.delete(address);
    }
    const letters = this.#moments;
    this.#moments = [];
    for (const [address, values] of this.#values) {
      if (this.#held.has(address)) continue;
      letters.push([address, values]);
      this.#values.delete(address);
    }
    return letters;
  }
}
