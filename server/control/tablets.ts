import { createHmac, timingSafeEqual } from 'node:crypto';
import type { OwnHosts } from '../protocol/hosts.ts';
import type { Sender } from '../protocol/loopback.ts';
import type { PinGuard, PinVerdict } from './pin-guard.ts';

const name = 'familiar-tablet';
/** As long as browsers keep a cookie at all, s. It is given anew whenever the page is loaded. */
const longest = 400 * 24 * 3_600;

/**
 * Which browsers are the visitors' tablets of this piece: those on this computer, and those that were told the PIN once,
 * which keep a cookie. Anyone else who finds the address of the visitors' page can lead no visit and see no camera.
 * A new PIN makes all tablets ask again.
 */
export class Tablets {
  /** What a tablet keeps as `Set-Cookie`; from scripts it is hidden. */
  readonly cookie: string;
  readonly #key: Buffer;
  readonly #guard: PinGuard;
  readonly #hosts: Pick<OwnHosts, 'isFromHere'>;

  /** @param secret kept with the piece, never told */
  constructor(secret: string, pin: string, guard: PinGuard, hosts: Pick<OwnHosts, 'isFromHere'>) {
    const key = createHmac('sha256', secret).update(pin, 'utf8').digest('base64url');
    this.#key = Buffer.from(key);
    this.#guard = guard;
    this.#hosts = hosts;
    this.cookie = `${name}=${key}; Path=/; Max-Age=${longest}; HttpOnly; SameSite=Lax`;
  }

  /** Whether a request may lead visits. */
  admits(request: Sender): boolean {
    return this.#hosts.isFromHere(request) || this.#hasKey(request);
  }

  /** Lets an address try a PIN; `now` in ms. Where it is right, the browser is to be given `cookie`. */
  pair(pin: string, address: string, now: number): PinVerdict {
    return this.#guard.check(pin, address, now);
  }

  #hasKey({ headers }: Sender): boolean {
    return String(headers.cookie ?? '')
      .split(';')
      .map((part) => part.trim().split('='))
      .some(([key, value = '']) => {
        const given = Buffer.from(value);
        return key === name && given.length === this.#key.length && timingSafeEqual(given, this.#key);
      });
  }
}
