/** The value below which a part of the sorted numbers lies (nearest rank); 0 where there are none. */
export const quantile = (sorted: readonly number[], part: number): number =>
  sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))];
