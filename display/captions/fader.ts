/** Lets one content fade out before the next fades in, so that two texts never lie over each other. */
export class Fader<T> {
  /** What is shown now, however faintly. */
  shown: T | null = null;
  /** 0..1. */
  opacity = 0;
  private wanted: T | null = null;
  private readonly seconds: number;

  /** `seconds`: how long fading in takes; fading out takes half as long. */
  constructor(seconds: number) {
    this.seconds = seconds;
  }

  /** Content is the same only if it is the same object or value. Null fades out to nothing. */
  want(content: T | null): void {
    this.wanted = content;
  }

  /** Moves on by `dt` seconds; tells whether `shown` changed and must be drawn anew. */
  step(dt: number): boolean {
    if (this.shown === this.wanted) {
      this.opacity = Math.min(1, this.opacity + dt / this.seconds);
      if (this.shown === null) this.opacity = 0;
      return false;
    }
    this.opacity = Math.max(0, this.opacity - (2 * dt) / this.seconds);
    if (this.opacity > 0) return false;
    this.shown = this.wanted;
    return this.shown !== null;
  }
}
