/** Slow movement that never repeats itself noticeably: sums of sines whose periods have no common measure. */
const tau = 2 * Math.PI;

/** -1..1, changing over some `period` s. Pure. */
export const sway = (seconds: number, period: number, phase: number): number =>
  0.6 * Math.sin((tau * seconds) / period + phase) + 0.4 * Math.sin((tau * seconds) / (period * 1.618) + 2.3 * phase);
