/** A page that was not drawn for longer than this (asleep, or a slow GPU) goes on as if it had stood still, s. */
const longestStep = 0.5;
/** How long time takes to come to a stop, and to run again, s. */
const easing = 0.8;

/**
 * The time of the piece: runs with the clock on the wall, and stands still while it is frozen. Beside it the time that never
 * stands still, for what must not wait.
 */
export class PieceClock {
  /** Seconds of the piece since the page was loaded. */
  now = 0;
  /** Seconds since the page was loaded, without those in which it was asleep. */
  awake = 0;
  private rate = 1;

  /** Moves on by `dt` seconds of the clock on the wall; gives back the seconds of the piece that went by. */
  advance(dt: number, frozen: boolean): number {
    const step = Math.min(Math.max(0, dt), longestStep);
    this.awake += step;
    const change = step / easing;
    this.rate = frozen ? Math.max(0, this.rate - change) : Math.min(1, this.rate + change);
    const passed = step * this.rate;
    this.now += passed;
    return passed;
  }
}
