import type { CameraHealth, LogLevel } from '../protocol/snapshot.ts';

type Write = (level: LogLevel, message: string) => void;

/** A trouble that comes and goes is told once in so many ms: the log has room for other things. */
const pause = 5 * 60_000;
/** So many different ones at most: more than any camera has. */
const mostTold = 10;

/**
 * Follows a camera's health for the log: each trouble and its end, so that in the morning somebody can read what happened
 * at night. What a camera that is opened or waits for a tablet goes through is nothing to remember.
 *
 * @param now ms, going evenly
 */
export function followCamera(
  write: Write,
  now: () => number,
): (health: Pick<CameraHealth, 'level' | 'message'>) => void {
  const toldAt = new Map<string, number>();
  let isOpen = false;
  return ({ level, message }) => {
    if (level === 'trouble') {
      for (const [told, at] of toldAt) if (now() - at >= pause) toldAt.delete(told);
      if (toldAt.has(message) || toldAt.size >= mostTold) return;
      toldAt.set(message, now());
      isOpen = true;
      write('warning', `Camera: ${message}`);
    } else if (level === 'good' && isOpen) {
      isOpen = false;
      write('info', 'The camera works again.');
    }
  };
}
