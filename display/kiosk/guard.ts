/** So many errors within so long are one too many, ms. */
const tolerated = 20;
const window = 60_000;

/**
 * No error reaches the wall: it is logged and the piece goes on. Where they do not end, `giveUp` is called: the page is
 * beyond help and must be loaded anew. `now` in ms.
 */
export class ErrorGuard {
  private readonly giveUp: () => void;
  private readonly now: () => number;
  private times: number[] = [];

  constructor(giveUp: () => void, now: () => number) {
    this.giveUp = giveUp;
    this.now = now;
  }

  /** Listens to everything that nobody caught. */
  watch(page: Window): void {
    page.addEventListener('error', (event) => {
      event.preventDefault();
      this.note(event.error ?? event.message);
    });
    page.addEventListener('unhandledrejection', (event) => {
      event.preventDefault();
      this.note(event.reason);
    });
  }

  /** Does something that must not stop the piece. */
  run(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.note(error);
    }
  }

  /** An error happened that the piece survived. */
  note(error: unknown): void {
    const now = this.now();
    this.times = [...this.times.filter((time) => now - time < window), now];
    // A wall that fails at every drawing must not fill the log as well.
    if (this.times.length <= tolerated) console.error(error);
    if (this.times.length > tolerated) this.giveUp();
  }
}
