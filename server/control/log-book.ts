import type { Off } from '../installation/ports.ts';
import type { LogLevel, LogLine } from '../protocol/snapshot.ts';

const kept = 200;
const longest = 500;

/** What has happened, for curators: the newest lines, and word of new ones. */
export class LogBook {
  readonly #now: () => number;
  #lines: readonly LogLine[] = [];
  readonly #listeners = new Set<(line: LogLine) => void>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Newest last. */
  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  write(level: LogLevel, message: string): void {
    const line = { at: this.#now(), level, message: message.slice(0, longest) };
    this.#lines = [...this.#lines.slice(1 - kept), line];
    for (const listener of this.#listeners) listener(line);
  }

  onLine(listener: (line: LogLine) => void): Off {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
