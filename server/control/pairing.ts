import type { DeviceKind } from '../protocol/devices.ts';
import { type Sender, senderOf } from '../protocol/loopback.ts';
import type { PinRefusal } from '../protocol/pin-refusal.ts';
import { browserName } from './browser-name.ts';
import { deviceCookie } from './device-cookie.ts';
import type { DeviceDescription, Devices } from './devices.ts';
import type { PinGuard } from './pin-guard.ts';
import type { WaitingDevices } from './waiting-devices.ts';

/** `cookie`: `Set-Cookie` of the device; null on this computer. */
export type PairingVerdict = { readonly ok: true; readonly cookie: string | null } | PinRefusal;

export interface PairingParts {
  readonly devices: Devices;
  readonly waiting: WaitingDevices;
  readonly guard: PinGuard;
  /** Milliseconds, going evenly. */
  readonly now: () => number;
  /** Called with a sentence when a device was paired that was not before. */
  readonly onPaired: (message: string) => void;
}

/** How a device on another computer is paired: by the PIN, or by a code that it shows and a curator types in. */
export class Pairing {
  readonly #parts: PairingParts;

  constructor(parts: PairingParts) {
    this.#parts = parts;
  }

  /** Whether a request may do what devices of a kind may. */
  admits(request: Sender, kind: DeviceKind): boolean {
    return this.#parts.devices.admits(request, kind);
  }

  /** `Set-Cookie` of a device that is paired already; null for others. */
  renewedCookie(request: Sender): string | null {
    return this.#parts.devices.renewedCookie(request);
  }

  /** Pairs the device that gives the right PIN. @param name what to call it; by default what its browser is */
  tryPin(request: Sender, kind: DeviceKind, pin: string, name?: string): PairingVerdict {
    const { devices, guard, now, onPaired } = this.#parts;
    const verdict = guard.check(pin, devices.identify(request), now());
    if (!verdict.ok) return verdict;
    const isNew = !devices.admits(request, kind);
    const description = describe(request, name);
    const cookie = devices.pair(request, kind, description);
    if (isNew) onPaired(pairedSentence(kind, description));
    return { ok: true, cookie };
  }

  /** Lets a display wait for a curator: the code it has to show, and its `Set-Cookie`. Null where too many wait. */
  ask(request: Sender, name: string): { readonly code: string; readonly cookie: string } | null {
    const { waiting, now } = this.#parts;
    const place = waiting.ask(request, describe(request, name), now());
    return place && { code: place.code, cookie: deviceCookie(place.token, request) };
  }

  /** Pairs the display that shows a code. False where none does. */
  confirm(code: string): boolean {
    const { devices, waiting, now, onPaired } = this.#parts;
    const found = waiting.take(code, now());
    if (!found) return false;
    devices.admitToken(found.token, 'display', found.description);
    onPaired(pairedSentence('display', found.description));
    return true;
  }
}

/** A device whose browser does not say what it is, until a curator names it. */
const unnamed = 'unknown browser';

function describe(request: Sender, name?: string): DeviceDescription {
  const browser = browserName(request.headers['user-agent']);
  return { name: name || browser || unnamed, browser, address: senderOf(request) };
}

const kindWords: Readonly<Record<DeviceKind, string>> = {
  display: 'A display',
  tablet: 'A visitors’ tablet',
  curator: 'A curator’s device',
};

const pairedSentence = (kind: DeviceKind, { name, address }: DeviceDescription): string =>
  `${kindWords[kind]} was paired: “${name}” at ${address}.`;
