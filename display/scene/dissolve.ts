/** A dissolve longer than this grows region by region, wholly so from the second on, s. */
const growing = { from: 0.6, to: 3 };

/**
 * How long to dissolve into a picture, s. The server says how long it means (`blend`, ms; 0 is at once); where pictures
 * come more slowly than that, as long as they take to come, so that the face is never still between two of them.
 * `smoothing` is the curator's: 0 is bare, 1 even, more is dreamier. Pure.
 */
export function dissolveSeconds(blend: number, interval: number | null, smoothing: number): number {
  if (blend === 0) return 0;
  // A little longer than the interval: the next picture comes just before the dissolve would stop.
  return (Math.max(blend, (interval ?? 0) * 1.08) / 1_000) * smoothing;
}

/** How far a dissolve of so many seconds grows region by region, 0..1. Pure. */
export const dissolveSpread = (seconds: number): number =>
  Math.min(1, Math.max(0, (seconds - growing.from) / (growing.to - growing.from)));

/** The dissolve in hand, on the clock of the piece. */
export class Dissolve {
  private begun = 0;
  private seconds = 0;

  begin(now: number, seconds: number): void {
    this.begun = now;
    this.seconds = seconds;
  }

  /** 0..1. */
  progress(now: number): number {
    return this.seconds <= 0 ? 1 : Math.min(1, Math.max(0, (now - this.begun) / this.seconds));
  }
}
