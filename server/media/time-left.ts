/** Guesses how long a piece of work will still take, from how it went so far. Times are in milliseconds. */
export interface TimeLeft {
  /** Says that `done` units are done at the time `now`. */
  update(done: number, now: number): void;
  /** Seconds left at the time `now`; undefined while too little is known. */
  seconds(now: number): number | undefined;
}

/** What happened this long ago counts for 1/e of what happens now. */
const memory = 20_000;
/** Nothing is said before: a first step that loads a model would promise hours. */
const soonest = 2_000;

/**
 * The rate is an average weighted by exp(-age / 20 s), taken over time and not over updates, so that it follows a machine
 * that grows slower yet does not tremble with single steps. Both sums fade alike, which makes the first seconds a plain
 * average. Between updates the time left runs down with the clock, since work goes on.
 */
export function createTimeLeft(total: number, start: number): TimeLeft {
  let fadedUnits = 0;
  let fadedTime = 0;
  let last = start;
  let done = 0;
  return {
    update(nowDone, now) {
      const elapsed = Math.max(0, now - last);
      const fade = Math.exp(-elapsed / memory);
      fadedUnits = fadedUnits * fade + Math.max(0, nowDone - done);
      fadedTime = fadedTime * fade + elapsed;
      last = Math.max(last, now);
      done = nowDone;
    },
    seconds(now) {
      if (now - start < soonest || fadedUnits === 0) return undefined;
      const left = ((total - done) * fadedTime) / fadedUnits - (now - last);
      return Math.max(0, left / 1000);
    },
  };
}

/** A time left in words, no finer than a guess may be: `8 s`, `40 s`, `3 min`, `1 h 20 min`. */
export function roughly(seconds: number): string {
  if (seconds < 9.5) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 57.5) return `${5 * Math.round(seconds / 5)} s`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return `${minutes} min`;
  const tens = 10 * Math.round(minutes / 10);
  return tens % 60 === 0 ? `${tens / 60} h` : `${Math.floor(tens / 60)} h ${tens % 60} min`;
}
