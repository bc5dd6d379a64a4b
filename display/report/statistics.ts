/** Latencies remembered: some seconds of pictures. */
const remembered = 240;

/** Counts what the curator's page shows of a display. */
export class Statistics {
  private drawings = 0;
  private readonly latencies = new Float64Array(remembered);
  private readonly times = new Float64Array(remembered).fill(Number.NEGATIVE_INFINITY);
  private next = 0;

  /** The wall was drawn. */
  drawn(): void {
    this.drawings++;
  }

  /** A picture was drawn for the first time, `latency` ms after it was made. `now` in ms. */
  pictureDrawn(latency: number, now: number): void {
    this.latencies[this.next] = Math.max(0, latency);
    this.times[this.next] = now;
    this.next = (this.next + 1) % remembered;
  }

  /** Drawings since the last call, over `seconds`. */
  takeRate(seconds: number): number {
    const rate = seconds > 0 ? this.drawings / seconds : 0;
    this.drawings = 0;
    return rate;
  }

  /** 95th percentile (nearest rank) of the latencies of the last `window` ms; null where no picture came. */
  latency(now: number, window = 5_000): number | null {
    const recent = this.latencies.filter((_, i) => now - this.times[i] <= window).sort();
    return recent.length === 0 ? null : recent[Math.ceil(0.95 * recent.length) - 1];
  }
}
