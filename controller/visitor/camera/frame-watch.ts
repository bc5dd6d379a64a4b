/** How many looks in a row may pass without a new frame. */
const missLimit = 6;

/**
 * Notices a camera that stopped without an event: browsers leave tracks `live` that give no more frames. Counts looks, not
 * time, so that a page that was frozen or busy for a while does not blame the camera.
 */
export class FrameWatch {
  private frames: number | null = null;
  private misses = 0;

  /**
   * Looks once. `frames` are those shown since the camera was opened; null where none can be expected now, such as on a
   * hidden page. Returns true where the camera has stopped.
   */
  look(frames: number | null): boolean {
    const isMiss = frames !== null && frames === this.frames;
    this.misses = isMiss ? this.misses + 1 : 0;
    this.frames = frames;
    return this.misses >= missLimit;
  }
}
