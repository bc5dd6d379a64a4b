/** Older intervals are forgotten: the pace may have changed. */
const remembered = 5;
/** A pause longer than this is not a rate, ms. */
const longestInterval = 10_000;

/** Estimates how often pictures arrive, from the median of the last intervals, so that one hiccup does not show. */
export class ArrivalRate {
  private readonly intervals = new Float64Array(remembered);
  private readonly sorted = new Float64Array(remembered);
  private count = 0;
  private last: number | null = null;

  /** A picture came at `now`, ms. */
  arrived(now: number): void {
    const interval = this.last === null ? null : now - this.last;
    this.last = now;
    if (interval === null || interval <= 0) return;
    if (interval > longestInterval) this.count = 0;
    else this.intervals[this.count++ % remembered] = interval;
  }

  /** The interval to expect, ms; null while nothing is known. */
  interval(): number | null {
    const known = Math.min(this.count, remembered);
    if (known === 0) return null;
    this.sorted.fill(Number.POSITIVE_INFINITY);
    this.sorted.set(this.intervals.subarray(0, known));
    this.sorted.sort();
    return this.sorted[(known - 1) >> 1];
  }
}
