/** A socket that says nothing for this long is no socket, ms. */
export const connectTimeout = 4_000;
/** Longest wait between two tries, ms. */
export const longestWait = 5_000;

/**
 * How long to wait before try number `attempt` (from 0) to connect again, ms: at most 0.5 s at first, twice as long each
 * time, never over 5 s. `random` in 0..1 spreads displays that lost the same server, so that they do not come back as one.
 */
export function reconnectDelay(attempt: number, random: number): number {
  const longest = Math.min(longestWait, 500 * 2 ** Math.min(attempt, 10));
  return longest * (0.6 + 0.4 * random);
}
