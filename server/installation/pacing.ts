import type { RgbImage } from '../image/rgb-image.ts';

/** Seconds within which the playhead follows a corrected guess. */
const follow = 0.4;
/** Longest dissolve between two pictures, seconds. */
const longestApproach = 30;

interface Mark<T> {
  readonly item: T;
  /** Change seen from the start to here; its unit does not matter. */
  readonly arc: number;
}

/** Where the wall is: the step it is moving towards, and how many seconds until it is there. */
export interface Approach<T> {
  readonly item: T;
  readonly seconds: number;
}

/**
 * Plays the steps of a search so that it lasts exactly as long as the pace says and changes evenly all the way. An engine
 * makes its steps unevenly in time, and sooner than they are due. So steps are gathered, the playhead moves along the change they make (the arc), not along their number, and every step
 * a faster engine makes is another picture on the same way.
 *
 * Holds no clock: time is what `advance` is told.
 */
export class Playhead<T> {
  /** The first is being approached, the others wait; what lies behind is forgotten. */
  #marks: Mark<T>[] = [];
  #done = 0;
  #elapsed = 0;
  #arc = 0;
  #speed = 0;

  /** Part of the pace that has gone by, 0..1. */
  get elapsed(): number {
    return this.#elapsed;
  }

  /** Whether the last step has been reached, and time is up. */
  get isOver(): boolean {
    return this.#elapsed >= 1 && this.#done >= 1 && this.#marks.length <= 1;
  }

  /** Whether everything there is has been shown, and more is to come. */
  get isStarved(): boolean {
    return this.#done < 1 && this.#arc >= this.#available;
  }

  get newest(): T | null {
    return this.#marks.at(-1)?.item ?? null;
  }

  /**
   * Takes a step of the engine.
   * @param done part of the engine's work that is done, 0..1, never falling
   * @param change how different the picture is from the one before, >= 0
   */
  add(item: T, done: number, change: number): void {
    this.#done = Math.max(this.#done, Math.min(1, done));
    const last = this.#marks.at(-1);
    // Even a step that changes nothing lies a little further on, so that all have an order.
    this.#marks.push({ item, arc: last ? last.arc + Math.max(change, 1e-6) : 0 });
  }

  /** Is at the newest step from now on, whatever the pace says; the pace is waited for after that. */
  toNewest(): T | null {
    this.#marks.splice(0, this.#marks.length - 1);
    this.#arc = this.#available;
    this.#speed = 0;
    return this.newest;
  }

  /** Forgets pictures until at most `count` are waiting: always the one whose neighbours are nearest to each other. */
  thin(count: number): void {
    while (this.#marks.length > Math.max(2, count)) {
      let redundant = 1;
      for (let i = 2; i < this.#marks.length - 1; i++) {
        if (this.#gapAround(i) < this.#gapAround(redundant)) redundant = i;
      }
      this.#marks.splice(redundant, 1);
    }
  }

  /**
   * Lets time pass.
   * @param seconds since the last call
   * @param pace seconds the whole takes, as it is set now
   * @returns the step that is being approached, or null before the first
   */
  advance(seconds: number, pace: number): Approach<T> | null {
    if (this.#marks.length === 0) return null;
    this.#elapsed = Math.min(1, this.#elapsed + seconds / pace);
    const before = this.#arc;
    this.#arc = Math.min(this.#available, Math.max(before, this.#target(before, seconds, pace)));
    if (seconds > 0) {
      const weight = 1 - Math.exp(-seconds / follow);
      this.#speed += ((this.#arc - before) / seconds - this.#speed) * weight;
    }
    const last = this.#marks.length - 1;
    let next = 0;
    while (next < last && this.#marks[next].arc <= this.#arc) next += 1;
    this.#marks.splice(0, this.#elapsed >= 1 && this.#done >= 1 ? last : next);
    const { item, arc } = this.#marks[0];
    const way = Math.max(0, arc - this.#arc);
    const left = (1 - this.#elapsed) * pace;
    const wanted = this.#speed > 0 ? way / this.#speed : follow;
    return { item, seconds: Math.min(wanted, Math.max(left, follow), longestApproach) };
  }

  get #available(): number {
    return this.#marks.at(-1)?.arc ?? 0;
  }

  #gapAround(index: number): number {
    return this.#marks[index + 1].arc - this.#marks[index - 1].arc;
  }

  #target(arc: number, seconds: number, pace: number): number {
    if (this.#elapsed >= 1 && this.#done >= 1) return this.#available;
    // The engine moves a face evenly. This is a guess that every step corrects; at the last one it is exact.
    const whole = this.#done > 0 ? this.#available / this.#done : this.#available;
    // Following takes time, so what is followed lies that much ahead.
    const wanted = whole * ease(Math.min(1, this.#elapsed + follow / pace));
    return arc + (wanted - arc) * (1 - Math.exp(-seconds / follow));
  }
}

/** Rises from 0 to 1, gently at both ends but never standing still. */
export function ease(t: number): number {
  const smooth = t * t * (3 - 2 * t);
  return 0.5 * t + 0.5 * smooth;
}

/** Mean difference of two pictures of the same size, 0..255, from every seventh byte. */
export function pictureChange(a: RgbImage, b: RgbImage): number {
  const length = Math.min(a.data.length, b.data.length);
  let sum = 0;
  let count = 0;
  // Seven is prime to three, so that all colours are met.
  for (let i = 0; i < length; i += 7) {
    sum += Math.abs(a.data[i] - b.data[i]);
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}
