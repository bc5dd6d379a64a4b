import { describe, expect, it } from 'vitest';
import { FrameWatch } from '../../controller/visitor/camera/frame-watch.ts';

const looksUntilStopped = (watch: FrameWatch, frames: () => number | null, most = 100) => {
  for (let look = 1; look <= most; look++) if (watch.look(frames())) return look;
  return null;
};

describe('watching the frames of a camera', () => {
  it('finds nothing wrong with one that gives frames, however slowly', () => {
    let looks = 0;
    expect(looksUntilStopped(new FrameWatch(), () => Math.floor(looks++ / 4))).toBeNull();
  });

  it('notices one that stops, also when it never gave any', () => {
    expect(looksUntilStopped(new FrameWatch(), () => 0)).toBe(7);
    const watch = new FrameWatch();
    let frames = 0;
    expect(looksUntilStopped(watch, () => frames++, 20)).toBeNull();
    expect(looksUntilStopped(watch, () => frames)).toBe(7);
  });

  it('expects nothing of a hidden page, and begins again after it', () => {
    const watch = new FrameWatch();
    expect(looksUntilStopped(watch, () => 9, 6)).toBeNull();
    expect(looksUntilStopped(watch, () => null)).toBeNull();
    expect(looksUntilStopped(watch, () => 9)).toBe(7);
  });
});
