import { clearLine, cursorTo } from 'node:readline';
import { createTimeLeft, roughly } from './time-left.ts';

/** One piece of long work under way. */
export interface Progress {
  /** Says how many of the units are done, and in a few words what is going on. */
  update(done: number, note?: string): void;
  /** Leaves the line as it stands and goes to the next. Calls after it do nothing. */
  done(): void;
}

export interface ProgressOptions {
  /** Where bars are drawn; a stream that is no terminal gets nothing. */
  readonly stream: NodeJS.WriteStream;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** A terminal shows no more, and more would cost a fast loop its speed. */
const redrawEvery = 100;
/** The time left runs down also while one long step is at work. */
const tick = 500;
const barWidth = 24;

/**
 * Draws one bar at a time in the last line of a terminal. The cursor stays visible and nothing keeps the process alive,
 * so work that fails or is interrupted without `done` leaves an ordinary terminal behind.
 */
export function createProgress({ stream, now }: ProgressOptions): (label: string, total: number) => Progress {
  return (label, total) => {
    if (!stream.isTTY) return { update() {}, done() {} };
    const start = now();
    const timeLeft = createTimeLeft(total, start);
    let finished = 0;
    let note = '';
    let running = true;
    let shown = '';
    let drawn = Number.NEGATIVE_INFINITY;

    const draw = (time: string) => {
      const count = `${String(finished).padStart(String(total).length)}/${total}`;
      const text = fitted(stream.columns || 80, label, [bar(finished / total), count, time], note);
      drawn = now();
      if (text === shown) return;
      shown = text;
      cursorTo(stream, 0);
      stream.write(text);
      clearLine(stream, 1);
    };
    const drawTimeLeft = () => {
      const seconds = finished < total ? timeLeft.seconds(now()) : undefined;
      draw(seconds === undefined ? '' : `${roughly(seconds)} left`);
    };

    const timer = setInterval(drawTimeLeft, tick).unref();
    drawTimeLeft();
    return {
      update(units, newNote = note) {
        if (!running) return;
        finished = Math.min(units, total);
        note = newNote;
        timeLeft.update(finished, now());
        if (now() - drawn >= redrawEvery) drawTimeLeft();
      },
      done() {
        if (!running) return;
        running = false;
        clearInterval(timer);
        draw(`in ${roughly((now() - start) / 1000)}`);
        stream.write('\n');
      },
    };
  };
}

/** Bars on stderr, so that stdout stays free for results. */
export const progress = createProgress({ stream: process.stderr, now: () => performance.now() });

function bar(part: number): string {
  const full = Math.round(barWidth * Math.min(1, Math.max(0, part || 0)));
  return '━'.repeat(full) + '─'.repeat(barWidth - full);
}

/** What fits in one line, for a line that wraps cannot be drawn over: the note goes first, then the label's end. */
function fitted(columns: number, label: string, fixed: readonly string[], note: string): string {
  const middle = fixed.filter((part) => part !== '').join('  ');
  const room = Math.max(0, columns - middle.length - 3);
  const head = label.length <= room ? label : `${label.slice(0, Math.max(0, room - 1))}…`;
  const tail = note.length <= room - head.length - 2 ? note : '';
  return [head, middle, tail]
    .filter((part) => part !== '')
    .join('  ')
    .slice(0, columns - 1);
}
