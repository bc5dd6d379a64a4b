/**
 * Calls `beat` so many times a second. Each beat has its place on an even grid, so that late ones do not add up; places
 * that were missed altogether are left out. Returns how to stop.
 */
export function startMetronome(
  perSecond: number,
  beat: () => void,
  now: () => number = performance.now.bind(performance),
) {
  const interval = 1_000 / perSecond;
  let next = now() + interval;
  const wait = () => setTimeout(tick, Math.max(0, next - now()));
  const tick = () => {
    // Timers count whole milliseconds and may come a part of one early.
    next += interval * Math.max(1, Math.ceil((now() - next) / interval));
    timer = wait();
    beat();
  };
  let timer = wait();
  return () => clearTimeout(timer);
}
