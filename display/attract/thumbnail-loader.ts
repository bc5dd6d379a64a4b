import { faceUrl } from '../../server/protocol/routes.ts';
import type { LoadBitmap } from '../load-bitmap.ts';

/** At the same time: the wall has time, the museum's network may not. */
const together = 3;
/** After a failure, ms; doubled each time. */
const firstPause = 2_000;
const longestPause = 300_000;

/**
 * Brings in the pictures of the wall, a few at a time, in the order in which they are wanted. What fails is tried again,
 * later and later; what is no longer wanted is given up.
 */
export class ThumbnailLoader {
  private readonly load: LoadBitmap;
  private readonly deliver: (id: string, bitmap: ImageBitmap) => void;
  private wanted: readonly string[] = [];
  private readonly loaded = new Set<string>();
  private readonly running = new Map<string, AbortController>();
  /** The last pause of those that failed, ms, and the timers of those that pause now. */
  private readonly pauses = new Map<string, number>();
  private readonly pausing = new Map<string, ReturnType<typeof setTimeout>>();

  /** `deliver` takes the bitmap over. */
  constructor(load: LoadBitmap, deliver: (id: string, bitmap: ImageBitmap) => void) {
    this.load = load;
    this.deliver = deliver;
  }

  /** Sets which faces are wanted, most wanted first. */
  want(ids: readonly string[]): void {
    this.wanted = ids;
    const still = new Set(ids);
    for (const id of this.loaded) if (!still.has(id)) this.loaded.delete(id);
    for (const [id, controller] of this.running) if (!still.has(id)) controller.abort();
    for (const id of this.pauses.keys()) {
      if (still.has(id)) continue;
      clearTimeout(this.pausing.get(id));
      this.pausing.delete(id);
      this.pauses.delete(id);
    }
    this.next();
  }

  /** Forgets what was delivered, so that all of it comes again: the screen lost it. */
  reload(): void {
    this.loaded.clear();
    this.next();
  }

  stop(): void {
    this.want([]);
  }

  private next(): void {
    for (const id of this.wanted) {
      if (this.running.size >= together) return;
      if (this.loaded.has(id) || this.running.has(id) || this.pausing.has(id)) continue;
      void this.bring(id);
    }
  }

  private async bring(id: string): Promise<void> {
    const controller = new AbortController();
    this.running.set(id, controller);
    try {
      const bitmap = await this.load(faceUrl(id, 'thumbnail.webp'), controller.signal);
      if (controller.signal.aborted) bitmap.close();
      else {
        this.loaded.add(id);
        this.pauses.delete(id);
        this.deliver(id, bitmap);
      }
    } catch {
      if (!controller.signal.aborted) this.tryLater(id);
    }
    this.running.delete(id);
    this.next();
  }

  private tryLater(id: string): void {
    const pause = Math.min(longestPause, (this.pauses.get(id) ?? firstPause / 2) * 2);
    this.pauses.set(id, pause);
    const again = () => {
      this.pausing.delete(id);
      this.next();
    };
    this.pausing.set(id, setTimeout(again, pause));
  }
}
