import { describe, expect, it } from 'vitest';
import { BecomingPlayer } from '../../server/installation/player.ts';
import type { Becoming, BecomingStep, Clock } from '../../server/installation/ports.ts';

/** A clock whose timers come as late as `lateness` says. */
class LateClock implements Clock {
  time = 1_000_000;
  readonly #lateness: () => number;
  #waiting: { readonly ms: number; readonly run: () => void } | null = null;

  constructor(lateness: () => number) {
    this.#lateness = lateness;
  }

  now = () => this.time;
  date = () => this.time;
  setTimeout(run: () => void, ms: number) {
    this.#waiting = { ms, run };
    return () => {
      this.#waiting = null;
    };
  }

  /** Lets the next timer come; false where there is none. */
  next(): boolean {
    const waiting = this.#waiting;
    if (!waiting) return false;
    this.#waiting = null;
    this.time += waiting.ms + this.#lateness();
    waiting.run();
    return true;
  }
}

const step = (number: number): BecomingStep => ({
  step: number,
  done: number / 2_000,
  image: { width: 1, height: 1, data: Uint8Array.of(number & 0xff, number >> 8, 0) },
  loss: 1,
  likeness: 0.5,
});

function play(clock: LateClock): { beats: number[]; player: BecomingPlayer } {
  const beats: number[] = [];
  async function* steps() {
    for (let i = 0; i < 2_000; i++) yield step(i);
  }
  const becoming = { steps: steps() } as unknown as Becoming;
  const player = new BecomingPlayer(becoming, {
    clock,
    show: () => {},
    progress: () => {},
    pace: () => {
      beats.push(clock.time);
      return 600;
    },
    isFrozen: () => false,
    fps: 30,
  });
  void player.play();
  return { beats, player };
}

describe('the player', () => {
  it('beats as often as it should, however late each timer is', () => {
    let seed = 1;
    const clock = new LateClock(() => {
      seed = (seed * 16_807) % 2_147_483_647;
      return 10 * (seed / 2_147_483_647);
    });
    const { beats, player } = play(clock);
    const began = clock.time;
    while (clock.time - began < 10_000) clock.next();
    player.stop(false);
    expect(beats.length).toBeGreaterThanOrEqual(299);
    expect(beats.length).toBeLessThanOrEqual(302);
  });

  it('leaves out what it missed, and goes on at once where the clock is set back', () => {
    const clock = new LateClock(() => 0);
    const { beats, player } = play(clock);
    for (let i = 0; i < 10; i++) clock.next();
    clock.time += 5_000;
    const before = beats.length;
    for (let i = 0; i < 5; i++) clock.next();
    expect(beats.length - before).toBe(5);
    expect(clock.time - beats[before]).toBeGreaterThan(90);
    clock.time -= 3_600_000;
    const set = clock.time;
    for (let i = 0; i < 5; i++) clock.next();
    expect(clock.time - set).toBeLessThan(5.1 * (1_000 / 30));
    player.stop(false);
  });
});
