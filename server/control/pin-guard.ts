import { createHash, timingSafeEqual } from 'node:crypto';

/** Wrong tries before an address must wait. */
const free = 5;
/** Seconds to wait after that, doubled with every further wrong try. */
const firstWait = 5;
const longestWait = 300;
/** Addresses remembered; beyond that the oldest are forgotten. */
const remembered = 1_000;
/** Wrong tries from everywhere together within a minute, above which strangers wait: an attacker has many addresses. */
const freeTogether = 60;
/** Addresses that have given the PIN before, whom strangers cannot lock out. */
const mostTrusted = 100;

interface Tries {
  wrong: number;
  until: number;
}

/** `retryAfter`: seconds to wait before the next try. */
export type PinVerdict = { readonly ok: true } | { readonly ok: false; readonly retryAfter: number | null };

/**
 * Keeps the curator's page and the making of tablets to those who know the PIN, in constant time and with ever longer waits
 * for those who guess.
 */
export class PinGuard {
  readonly #digest: Buffer;
  readonly #tries = new Map<string, Tries>();
  readonly #trusted = new Set<string>();
  #together: number[] = [];
  readonly #onGuessing: (address: string) => void;

  /** @param onGuessing told of an address that has given several wrong ones, once for each time it must wait */
  constructor(pin: string, onGuessing: (address: string) => void) {
    this.#digest = digest(pin);
    this.#onGuessing = onGuessing;
  }

  /** @param now ms */
  check(pin: string, address: string, now: number): PinVerdict {
    const tries = this.#tries.get(address) ?? { wrong: 0, until: 0 };
    // Where the computer's clock was set back, nobody waits until it has caught up.
    const left = Math.ceil((tries.until - now) / 1_000);
    if (left > 0 && left <= longestWait) return { ok: false, retryAfter: left };
    this.#together = this.#together.filter((at) => Math.abs(now - at) < 60_000);
    if (this.#together.length >= freeTogether && !this.#trusted.has(address)) {
      return { ok: false, retryAfter: 60 };
    }
    // Digests have one length, so the comparison tells nothing of the PIN's.
    if (timingSafeEqual(digest(pin), this.#digest)) {
      this.#tries.delete(address);
      if (this.#trusted.size < mostTrusted) this.#trusted.add(address);
      return { ok: true };
    }
    this.#together.push(now);
    const wrong = tries.wrong + 1;
    const wait = wrong < free ? 0 : Math.min(longestWait, firstWait * 2 ** (wrong - free));
    this.#tries.delete(address);
    this.#tries.set(address, { wrong, until: now + wait * 1_000 });
    if (this.#tries.size > remembered) this.#tries.delete(this.#tries.keys().next().value ?? '');
    if (wait > 0) this.#onGuessing(address);
    return { ok: false, retryAfter: wait > 0 ? wait : null };
  }
}

const digest = (pin: string): Buffer => createHash('sha256').update(pin, 'utf8').digest();
