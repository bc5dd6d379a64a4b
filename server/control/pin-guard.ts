import { createHash, timingSafeEqual } from 'node:crypto';
import { shortestPin } from '../protocol/pin.ts';
import type { PinRefusal } from '../protocol/pin-refusal.ts';
import type { Identity } from '../protocol/places.ts';
import { sourceOf } from '../protocol/source.ts';
import { type WaitPolicy, WrongTries } from './wrong-tries.ts';

export const pinLimits = {
  /** Of one source (an IPv4 address, an IPv6 /64). */
  stranger: { free: 5, first: 30, longest: 3_600 },
  /** Of a paired device. It has given the PIN or was let in by a curator, but may have been stolen. */
  device: { free: 10, first: 60, longest: 60 },
  /** Wrong tries of all strangers together within `togetherSeconds`: whoever guesses may have many addresses. */
  together: 20,
  togetherSeconds: 3_600,
  /** Addresses remembered that have given the PIN. */
  addresses: 100,
} as const satisfies Record<string, number | WaitPolicy>;

/** Why a PIN was not taken; `wait`: it was not even compared. `retryAfter`: seconds before the next try. */
export type PinVerdict = { readonly ok: true } | PinRefusal;

export interface PinGuardParts {
  readonly pin: string;
  /** Addresses that gave the PIN before this start, oldest first. */
  readonly addresses: readonly string[];
  /** Keeps them for the next start. */
  readonly save: (addresses: readonly string[]) => void;
  /** Told in a sentence when somebody guesses. */
  readonly warn: (sentence: string) => void;
}

/**
 * Compares PINs, in constant time, and makes those wait who guess: strangers soon and for long, each for itself and all
 * together. What strangers do holds up neither this computer, nor a paired device, nor an address that gave the PIN before.
 */
export class PinGuard {
  readonly #parts: PinGuardParts;
  readonly #digest: Buffer;
  readonly #strangers = new WrongTries(pinLimits.stranger);
  readonly #devices = new WrongTries(pinLimits.device);
  readonly #known: Set<string>;
  /** When it was last told what strangers do together, ms. */
  #toldAt: number | null = null;
  /** Wrong tries of strangers within the last hour, oldest first. */
  #together: readonly { readonly at: number; readonly source: string }[] = [];

  constructor(parts: PinGuardParts) {
    this.#parts = parts;
    this.#digest = digest(parts.pin);
    this.#known = new Set(parts.addresses);
  }

  /** @param now ms, going evenly */
  check(pin: string, sender: Identity, now: number): PinVerdict {
    if (sender.isFromHere) return this.#isRight(pin) ? right : wrong;
    if (this.#parts.pin.length < shortestPin) return { ok: false, why: 'too-short', retryAfter: null };
    const { address, device } = sender;
    if (device !== null) return this.#try(pin, address, this.#devices, device, now);
    // Neighbours of a known address in its /64 are strangers, and are counted apart.
    if (this.#known.has(address)) return this.#try(pin, address, this.#strangers, address, now);
    this.#together = this.#together.filter(({ at }) => now - at < pinLimits.togetherSeconds * 1_000);
    if (this.#together.length >= pinLimits.together) return waiting(this.#togetherLeft(now));
    const source = sourceOf(address);
    const verdict = this.#try(pin, address, this.#strangers, source, now);
    if (!verdict.ok && verdict.why === 'wrong') this.#guessed(source, address, now);
    return verdict;
  }

  #try(pin: string, address: string, tries: WrongTries, key: string, now: number): PinVerdict {
    const left = tries.left(key, now);
    if (left > 0) return waiting(left);
    if (this.#isRight(pin)) {
      tries.forget(key);
      this.#remember(address);
      return right;
    }
    const { wrong: count, wait } = tries.add(key, now);
    if (wait === 0) return wrong;
    const [who, { free }] =
      tries === this.#devices ? [`the paired device at ${address}`, pinLimits.device] : [address, pinLimits.stranger];
    // One that goes on for days must not fill the log.
    if (count % free === 0) this.#parts.warn(`${count} wrong PINs from ${who}. It must wait ${spoken(wait)} now.`);
    return { ...wrong, retryAfter: wait };
  }

  #guessed(source: string, address: string, now: number): void {
    this.#together = [...this.#together, { at: now, source }];
    const isTold = this.#toldAt !== null && now - this.#toldAt < pinLimits.togetherSeconds * 1_000;
    if (this.#together.length < pinLimits.together || isTold) return;
    this.#toldAt = now;
    const sources = new Set(this.#together.map((one) => one.source)).size;
    const from = sources === 1 ? address : `${sources} addresses, the last from ${address}`;
    this.#parts.warn(
      `${this.#together.length} wrong PINs within ${spoken(pinLimits.togetherSeconds)} from ${from}. Nobody new can give ` +
        `the PIN for ${spoken(this.#togetherLeft(now))}, or longer where it goes on; this computer and devices that gave ` +
        'it before are not held up.',
    );
  }

  /** Seconds until the oldest of the wrong tries counts no more. */
  #togetherLeft(now: number): number {
    return Math.ceil(pinLimits.togetherSeconds - (now - this.#together[0].at) / 1_000);
  }

  #remember(address: string): void {
    const isNew = !this.#known.delete(address);
    this.#known.add(address);
    if (!isNew) return;
    for (const oldest of this.#known) {
      if (this.#known.size <= pinLimits.addresses) break;
      this.#known.delete(oldest);
    }
    this.#parts.save([...this.#known]);
  }

  #isRight(pin: string): boolean {
    // Digests have one length, so the comparison tells nothing of the PIN's.
    return timingSafeEqual(digest(pin), this.#digest);
  }
}

const right = { ok: true } as const;
const wrong = { ok: false, why: 'wrong', retryAfter: null } as const;
const waiting = (retryAfter: number): PinVerdict => ({ ok: false, why: 'wait', retryAfter });

const spoken = (seconds: number): string => (seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`);

const digest = (pin: string): Buffer => createHash('sha256').update(pin, 'utf8').digest();
