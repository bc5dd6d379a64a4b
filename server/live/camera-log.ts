import type { CameraHealth, LogLevel } from '../protocol/snapshot.ts';

type Write = (level: LogLevel, message: string) => void;

/**
 * Follows a camera's health for the log: each trouble once, and its end, so that in the morning somebody can read what
 * happened at night. What a camera that is opened or waits for a tablet goes through is nothing to remember.
 */
export function followCamera(write: Write): (health: Pick<CameraHealth, 'level' | 'message'>) => void {
  let told: string | null = null;
  return ({ level, message }) => {
    if (level === 'trouble' && message !== told) {
      told = message;
      write('warning', `Camera: ${message}`);
    } else if (level === 'good' && told !== null) {
      told = null;
      write('info', 'The camera works again.');
    }
  };
}
