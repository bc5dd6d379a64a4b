/** Counts the frames that a video shows. */
export interface FrameCounter {
  /** Frames since the counter was made; null where the browser does not tell. */
  count(): number | null;
  stop(): void;
}

/**
 * Counts by `requestVideoFrameCallback` (Firefox from 132, Safari from 15.4). Nothing else tells in every browser: Firefox
 * moves `currentTime` on without frames, and counts none of a camera's in its playback statistics.
 */
export function countFrames(video: HTMLVideoElement): FrameCounter {
  if (!('requestVideoFrameCallback' in video)) return { count: () => null, stop: () => {} };
  let frames = 0;
  let handle = 0;
  const next = () => {
    handle = video.requestVideoFrameCallback(() => {
      frames++;
      next();
    });
  };
  next();
  return { count: () => frames, stop: () => video.cancelVideoFrameCallback(handle) };
}
