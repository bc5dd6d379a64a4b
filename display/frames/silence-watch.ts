/** Tells of a connection on which nothing is heard any more. */
export class SilenceWatch {
  private readonly limitMs: number;
  private readonly onSilence: () => void;
  private timer: ReturnType<typeof setInterval> | undefined;
  private isHeard = false;

  /** `onSilence` is called between one and two `limitMs` after the last `heard`. */
  constructor(limitMs: number, onSilence: () => void) {
    this.limitMs = limitMs;
    this.onSilence = onSilence;
  }

  start(): void {
    this.stop();
    this.isHeard = true;
    this.timer = setInterval(() => {
      if (!this.isHeard) this.onSilence();
      this.isHeard = false;
    }, this.limitMs);
  }

  heard(): void {
    this.isHeard = true;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
