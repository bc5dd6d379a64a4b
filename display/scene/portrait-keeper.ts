import type { LoadBitmap } from '../load-bitmap.ts';

/** After a failure, ms. */
const pause = 2_000;

/**
 * Holds the photograph that is to stand beside the face: loads it, tries again where that fails, and lets go of it as soon
 * as it is no longer wanted.
 */
export class PortraitKeeper {
  private readonly load: LoadBitmap;
  private readonly show: (bitmap: ImageBitmap | null) => void;
  private url: string | null = null;
  private controller: AbortController | null = null;
  private bitmap: ImageBitmap | null = null;

  /** `show` is told of the photograph, and of null; it must not close it. */
  constructor(load: LoadBitmap, show: (bitmap: ImageBitmap | null) => void) {
    this.load = load;
    this.show = show;
  }

  /** Whether the photograph that is wanted is there. */
  get isReady(): boolean {
    return this.url !== null && this.bitmap !== null;
  }

  /** Address of the photograph that is wanted, or null. */
  want(url: string | null): void {
    if (url === this.url) return;
    this.url = url;
    this.controller?.abort();
    if (url === null) return;
    // Never one visitor beside another's face.
    this.drop();
    void this.bring(url);
  }

  /** It has faded out: it goes, unless it is wanted again. */
  fadedOut(): void {
    if (this.url === null) this.drop();
  }

  /** Shows it once more, on a screen that lost it. */
  repeat(): void {
    if (this.bitmap) this.show(this.bitmap);
  }

  private drop(): void {
    if (!this.bitmap) return;
    this.bitmap.close();
    this.bitmap = null;
    this.show(null);
  }

  private async bring(url: string): Promise<void> {
    const controller = new AbortController();
    this.controller = controller;
    while (!controller.signal.aborted) {
      try {
        const bitmap = await this.load(url, controller.signal);
        if (controller.signal.aborted) return bitmap.close();
        this.bitmap = bitmap;
        return this.show(bitmap);
      } catch {
        // Missing for a moment, or for good: the face stands alone meanwhile.
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }
}
