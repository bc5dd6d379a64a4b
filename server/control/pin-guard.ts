import { createHash, timingSafeEqual } from 'node:crypto';

/** Wrong tries before an address must wait. */
const free = 5;
/** Seconds to wait after that, doubled with every further wrong try. */
const firstWait = 5;
const longestWait = 300;
/** Addresses remembered; beyond that the oldest are forgotten. */
const remembered = 1_000;
/** Wrong tries from everywhere together within a minute, above which everybody waits: an attacker has many addresses. */
const freeTogether = 60;

interface Tries {
  wrong: number;
  until: number;
}

export type PinVerdict = { readonly ok: true } | { readonly ok: false; readonly retryAfter: number | null };

/** Keeps the curator's page to those who know the PIN, in constant time and with ever longer waits for those who guess. */
export class PinGuard {
  readonly #digest: Buffer;
  readonly #tries = new Map<string, Tries>();
  #together: number[] = [];

  constructor(pin: string) {
    this.#digest = digest(pin);
  }

  /** @param now ms */
  check(pin: string, address: string, now: number): PinVerdict {
    const tries = this.#tries.get(address) ?? { wrong: 0, until: 0 };
    if (now < tries.until) return { ok: false, retryAfter: Math.ceil((tries.until - now) / 1_000) };
    this.#together = this.#together.filter((at) => now - at < 60_000);
    if (this.#together.length >= freeTogether) return { ok: false, retryAfter: 60 };
    // Digests have one length, so the comparison tells nothing of the PIN's.
    if (timingSafeEqual(digest(pin), this.#digest)) {
      this.#tries.delete(address);
      return { ok: true };
    }
    this.#together.push(now);
    const wrong = tries.wrong + 1;
    const wait = wrong < free ? 0 : Math.min(longestWait, firstWait * 2 ** (wrong - free));
    this.#tries.delete(address);
    this.#tries.set(address, { wrong, until: now + wait * 1_000 });
    if (this.#tries.size > remembered) this.#tries.delete(this.#tries.keys().next().value ?? '');
    return { ok: false, retryAfter: wait > 0 ? wait : null };
  }
}

const digest = (pin: string): Buffer => createHash('sha256').update(pin, 'utf8').digest();
