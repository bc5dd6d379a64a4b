import type { HealthLevel, LogLevel } from '../protocol/snapshot.ts';

/** How the processes are that find faces and decode pictures. */
export class HelperHealth {
  readonly #log: (level: LogLevel, message: string) => void;
  readonly #now: () => number;
  /** By the helper's name, why it does not work. */
  readonly #troubles = new Map<string, string>();
  #restarts = 0;
  #since: number;

  /** @param now ms since 1970 */
  constructor(log: (level: LogLevel, message: string) => void, now: () => number) {
    this.#log = log;
    this.#now = now;
    this.#since = now();
  }

  /** For a helper's `onTrouble`. `name` begins a sentence: 'The face detector'. */
  of(name: string): (reason: string | null) => void {
    return (reason) => {
      if ((this.#troubles.get(name) ?? null) !== reason) this.#since = this.#now();
      if (reason === null) {
        this.#troubles.delete(name);
        this.#log('info', `${name} works again.`);
        return;
      }
      this.#restarts++;
      const message = `${name} has stopped: ${reason}. It is being restarted.`;
      this.#troubles.set(name, message);
      this.#log('error', message);
    };
  }

  get health(): { readonly level: HealthLevel; readonly message: string; since: number; restarts: number } {
    const message = [...this.#troubles.values()].join(' ');
    return { level: message === '' ? 'good' : 'trouble', message, since: this.#since, restarts: this.#restarts };
  }
}
