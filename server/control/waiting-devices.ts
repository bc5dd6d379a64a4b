import { randomInt } from 'node:crypto';
import type { Sender } from '../protocol/loopback.ts';
import { sourceOf } from '../protocol/source.ts';
import { deviceToken, newToken } from './device-cookie.ts';
import type { DeviceDescription } from './devices.ts';

export const waitingLimits = {
  /** Displays that wait at once, from everywhere and from one source: an IPv4 address, an IPv6 /64. */
  all: 40,
  fromOne: 4,
  /** One that did not ask again for this long is gone, ms: its page asks every few seconds. */
  patienceMs: 120_000,
} as const;

interface Waiting {
  readonly token: string;
  readonly code: string;
  readonly description: DeviceDescription;
  readonly askedAt: number;
}

/** Displays that show a code until a curator types it in. Kept in memory only. */
export class WaitingDevices {
  /** By token, the one that began to wait first first. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #onChange: () => void;

  /** @param onChange called when a display begins to wait or stops */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Those that still ask. `now` in ms, going evenly. */
  list(now: number): readonly DeviceDescription[] {
    this.#dropGone(now);
    return [...this.#waiting.values()].map(({ description }) => description);
  }

  /**
   * Lets a display wait, or go on waiting under the same code. Of one address the newest wait; null where too many wait
   * elsewhere.
   */
  ask(request: Sender, description: DeviceDescription, now: number): { token: string; code: string } | null {
    this.#dropGone(now);
    const token = deviceToken(request);
    const known = token === null ? undefined : this.#waiting.get(token);
    if (known) {
      this.#waiting.set(known.token, { ...known, description, askedAt: now });
      return known;
    }
    const source = sourceOf(description.address);
    const fromThere = [...this.#waiting.values()].filter((one) => sourceOf(one.description.address) === source);
    if (fromThere.length >= waitingLimits.fromOne) this.#waiting.delete(fromThere[0].token);
    if (this.#waiting.size >= waitingLimits.all) return null;
    const waiting = { token: newToken(request), code: this.#newCode(), description, askedAt: now };
    this.#waiting.set(waiting.token, waiting);
    this.#onChange();
    return waiting;
  }

  /** Takes out the display that shows a code; null where none does. */
  take(code: string, now: number): { token: string; description: DeviceDescription } | null {
    this.#dropGone(now);
    const found = [...this.#waiting.values()].find((one) => one.code === code);
    if (!found) return null;
    this.#waiting.delete(found.token);
    this.#onChange();
    return found;
  }

  #newCode(): string {
    for (;;) {
      const code = String(randomInt(1_000_000)).padStart(6, '0');
      if (![...this.#waiting.values()].some((one) => one.code === code)) return code;
    }
  }

  #dropGone(now: number): void {
    for (const [token, { askedAt }] of this.#waiting) {
      if (now - askedAt > waitingLimits.patienceMs) this.#waiting.delete(token);
    }
  }
}
