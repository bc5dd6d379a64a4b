import type { PieceClock } from './piece-clock.ts';

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

type Times = Pick<PieceClock, 'now' | 'awake'>;

/** The dissolve in hand. */
export class Dissolve {
  private begun = 0;
  private seconds = 0;
  /** Whether it stands still when time does. */
  private waits = true;

  /** Begins one of so many `seconds`; while time stands still (`frozen`) it goes by the clock on the wall. */
  begin({ now, awake }: Times, seconds: number, frozen: boolean): void {
    this.begun = frozen ? awake : now;
    this.seconds = seconds;
    this.waits = !frozen;
  }

  /** 0..1. */
  progress({ now, awake }: Times): number {
    const passed = (this.waits ? now : awake) - this.begun;
    return this.seconds <= 0 ? 1 : Math.min(1, Math.max(0, passed / this.seconds));
  }
}
