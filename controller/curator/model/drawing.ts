import type { DisplayHealth } from '../../../server/protocol/snapshot.ts';

/** Pages load, and find the GPU, in less, ms. */
const beginning = 15_000;

/** Whether a display is connected and yet black: its browser has no WebGL 2, or its window is hidden. `now` in ms. */
export const drawsNothing = ({ fps, connectedAt }: DisplayHealth, now: number): boolean =>
  fps === 0 && now - connectedAt > beginning;
