/** What a drawing may cost. */
export interface QualityLevel {
  /** Pixels drawn for each pixel of the screen, in one direction; the browser enlarges. */
  readonly pixels: number;
  /** Side to which the face is enlarged along its edges, px. */
  readonly canvas: number;
  /** Largest side on which it is painted, px. */
  readonly brush: number;
  /** Whether there is time for the better filters and the relief of the paint. */
  readonly fine: boolean;
}

/** Best first. */
export const qualityLevels: readonly QualityLevel[] = [
  { pixels: 1, canvas: 1024, brush: 384, fine: true },
  { pixels: 0.85, canvas: 1024, brush: 256, fine: true },
  { pixels: 0.7, canvas: 512, brush: 256, fine: true },
  { pixels: 0.6, canvas: 512, brush: 192, fine: false },
  { pixels: 0.5, canvas: 256, brush: 128, fine: false },
  { pixels: 0.4, canvas: 256, brush: 96, fine: false },
];

/** Drawings that still belong to a change of level, and are not judged. */
const settling = 5;
/** A level is judged after so long and so many drawings, ms. */
const judgedFor = 1_500;
const judgedAtLeast = 8;
const judgedAtMost = 240;
/** Slower than this many times the screen's own interval is too slow; this much slower is hopeless. */
const tooSlow = 1.3;
const hopeless = 4;
/** A lower level that is not faster by this factor brings nothing. */
const worthIt = 0.93;
/** How long to be content before trying to do better, ms; doubled each time that fails. */
const firstPatience = 20_000;
const longestPatience = 3_600_000;

/**
 * Finds the best level at which the wall keeps up with its screen, from how soon after a drawing it can draw again. A screen
 * that is slow by itself (a projector at 30 Hz) is not mistaken for a slow computer: where no level brings anything, the best
 * is taken.
 */
export class QualityGovernor {
  private index: number;
  private readonly intervals = new Float64Array(judgedAtMost);
  private count = -settling;
  private time = 0;
  private contentSince: number | null = null;
  private patience = firstPatience;
  /** The screen's own interval, as far as is known, ms. */
  private screen: number;
  /** How slow it was before going down, ms. */
  private before: number | null = null;
  private tryingBetter = false;

  /** Begins at level `start`; `screen` is the interval aimed at, ms. */
  constructor(start: number, screen: number) {
    this.index = start;
    this.screen = screen;
  }

  get level(): QualityLevel {
    return qualityLevels[this.index];
  }

  /** Tells that the browser was ready for the next drawing at `now`, `interval` ms after one. */
  drawn(interval: number, now: number): void {
    if (this.count >= 0) {
      this.intervals[this.count] = interval;
      this.time += interval;
    }
    this.count++;
    if (this.count < judgedAtLeast || (this.time < judgedFor && this.count < judgedAtMost)) return;
    const judged = this.intervals.subarray(0, this.count).sort();
    const median = judged[judged.length >> 1];
    this.count = 0;
    this.time = 0;
    if (median > this.screen * tooSlow) this.goDown(median);
    else this.stay(now);
  }

  private goDown(interval: number): void {
    this.contentSince = null;
    if (this.tryingBetter) {
      this.patience = Math.min(longestPatience, this.patience * 2);
      this.change(1);
      return;
    }
    if (this.index < qualityLevels.length - 1) {
      this.before ??= interval;
      this.change(interval > this.screen * hopeless ? 2 : 1);
      return;
    }
    if (this.before !== null && interval > this.before * worthIt) {
      this.screen = interval;
      this.change(-this.index);
    }
    this.before = null;
  }

  private stay(now: number): void {
    this.tryingBetter = false;
    this.before = null;
    this.contentSince ??= now;
    if (this.index === 0 || now - this.contentSince < this.patience) return;
    this.contentSince = null;
    this.change(-1);
    this.tryingBetter = true;
  }

  private change(by: number): void {
    this.tryingBetter = false;
    this.index = Math.min(qualityLevels.length - 1, Math.max(0, this.index + by));
    this.count = -settling;
    this.time = 0;
  }
}
