import { createHmac, randomBytes } from 'node:crypto';
import type { SavedDevice } from '../config/state-file.ts';
import type { Off } from '../installation/ports.ts';
import { type DeviceKind, deviceKinds, deviceLimits, includesKind, type PairedDevice } from '../protocol/devices.ts';
import type { OwnHosts } from '../protocol/hosts.ts';
import { type Sender, senderOf } from '../protocol/loopback.ts';
import type { Identity } from '../protocol/places.ts';
import { deviceCookie, deviceToken, deviceTokens, newToken, tokenHash } from './device-cookie.ts';

/** A device seen again is saved at most this often, ms. */
const saveIntervalMs = 3_600_000;
const minuteMs = 60_000;

/** What a device says of itself. */
export interface DeviceDescription {
  readonly name: string;
  readonly browser: string;
  readonly address: string;
}

export interface DevicesParts {
  /** What was paired before; devices paired under another PIN are forgotten. */
  readonly saved: readonly SavedDevice[];
  readonly save: (devices: readonly SavedDevice[]) => void;
  /** Kept with the piece, never shown: without it a saved device tells nothing about the PIN. */
  readonly secret: string;
  readonly pin: string;
  readonly hosts: Pick<OwnHosts, 'isFromHere'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Device extends SavedDevice {
  /** `seenAt` as it was last saved. */
  readonly savedAt: number;
}

/**
 * The devices on other computers that were paired: displays, visitors' tablets, curators' tablets. Each keeps a secret of
 * its own as a cookie, so that one can be removed without the others. This computer needs no pairing.
 */
export class Devices {
  readonly #parts: DevicesParts;
  readonly #pinMark: string;
  /** By the hash of their token. */
  readonly #devices = new Map<string, Device>();
  readonly #listeners = new Set<() => void>();
  readonly #removalListeners = new Set<(id: string) => void>();

  constructor(parts: DevicesParts) {
    this.#parts = parts;
    this.#pinMark = createHmac('sha256', parts.secret).update(`PIN ${parts.pin}`, 'utf8').digest('base64url');
    const kept = parts.saved.filter(({ pin }) => pin === this.#pinMark);
    for (const device of kept) this.#devices.set(device.key, { ...device, savedAt: device.seenAt });
    if (kept.length < parts.saved.length) this.#save();
  }

  /** Whether a request comes from this computer or from a paired device of any kind. */
  isPaired(request: Sender): boolean {
    return this.admits(request, 'display');
  }

  /** Whether a request may do what devices of a kind may: this computer may do everything. */
  admits(request: Sender, kind: DeviceKind): boolean {
    if (this.#parts.hosts.isFromHere(request)) return true;
    const device = this.#find(request);
    return device !== null && includesKind(device.kind, kind);
  }

  /** Id of the device that a request comes from; null for this computer and for strangers. */
  idOf(request: Sender): string | null {
    return this.#find(request)?.id ?? null;
  }

  /** Who makes a request, for what is limited or reserved by sender. */
  identify(request: Sender): Identity {
    const isFromHere = this.#parts.hosts.isFromHere(request);
    return { address: senderOf(request), isFromHere, device: this.idOf(request) };
  }

  /** Notes that a device is there, at an address. */
  seen(id: string, address: string): void {
    const device = this.#byId(id);
    if (!device) return;
    const now = this.#parts.now();
    this.#devices.set(device.key, { ...device, seenAt: now, address: address.slice(0, deviceLimits.address) });
    if (Math.abs(now - device.savedAt) >= saveIntervalMs) this.#save();
  }

  /** `Set-Cookie` that keeps a known device known for another year; null where the request comes from none. */
  renewedCookie(request: Sender): string | null {
    const token = deviceToken(request);
    return token !== null && this.#devices.has(tokenHash(token)) ? deviceCookie(token, request) : null;
  }

  /**
   * Pairs the device that a request comes from and returns its `Set-Cookie`; null on this computer, which needs none. A
   * device that is known stays itself and gets a new secret; one that may do more already goes on doing so.
   */
  pair(request: Sender, kind: DeviceKind, description: DeviceDescription): string | null {
    if (this.#parts.hosts.isFromHere(request)) return null;
    const known = deviceTokens(request).flatMap((token) => this.#devices.get(tokenHash(token)) ?? []);
    known.sort((a, b) => deviceKinds.indexOf(b.kind) - deviceKinds.indexOf(a.kind));
    for (const { key } of known) this.#devices.delete(key);
    const [same, ...others] = known;
    const token = newToken(request);
    const most = same && includesKind(same.kind, kind) ? same.kind : kind;
    this.#add(token, most, { ...description, ...(same && { name: same.name }) }, same);
    for (const { id } of others) this.#removed(id);
    return deviceCookie(token, request);
  }

  /** Pairs the device that keeps a token already. */
  admitToken(token: string, kind: DeviceKind, description: DeviceDescription): void {
    this.#add(token, kind, description);
  }

  /** Removes a device; its connections end at once. False where there is none. */
  remove(id: string): boolean {
    const device = this.#byId(id);
    if (!device) return false;
    this.#devices.delete(device.key);
    this.#save();
    this.#removed(id);
    return true;
  }

  /** False where there is no such device. */
  rename(id: string, name: string): boolean {
    const device = this.#byId(id);
    if (!device) return false;
    this.#devices.set(device.key, { ...device, name: name.slice(0, deviceLimits.name) });
    this.#save();
    return true;
  }

  /** Newest first. */
  list(isConnected: (id: string) => boolean): readonly PairedDevice[] {
    return [...this.#devices.values()]
      .map(({ id, kind, name, browser, address, pairedAt, seenAt }) => ({
        id,
        kind,
        name,
        browser,
        address,
        pairedAt,
        seenAt: Math.floor(seenAt / minuteMs) * minuteMs,
        connected: isConnected(id),
      }))
      .sort((a, b) => b.pairedAt - a.pairedAt);
  }

  /** Devices were added, removed or renamed. */
  onChange(listener: () => void): Off {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A device is known no more: whatever is connected under its id must go. */
  onRemoved(listener: (id: string) => void): Off {
    this.#removalListeners.add(listener);
    return () => this.#removalListeners.delete(listener);
  }

  #find(request: Sender): Device | null {
    const token = deviceToken(request);
    return token === null ? null : (this.#devices.get(tokenHash(token)) ?? null);
  }

  #byId(id: string): Device | undefined {
    return [...this.#devices.values()].find((device) => device.id === id);
  }

  #add(
    token: string,
    kind: DeviceKind,
    { name, browser, address }: DeviceDescription,
    same?: Pick<Device, 'id' | 'pairedAt'>,
  ): void {
    const now = this.#parts.now();
    const key = tokenHash(token);
    this.#devices.set(key, {
      id: same?.id ?? randomBytes(9).toString('base64url'),
      kind,
      name: name.slice(0, deviceLimits.name),
      browser: browser.slice(0, deviceLimits.browser),
      address: address.slice(0, deviceLimits.address),
      key,
      pin: this.#pinMark,
      pairedAt: same?.pairedAt ?? now,
      seenAt: now,
      savedAt: now,
    });
    const others = [...this.#devices.values()].filter((device) => device.key !== key);
    const tooMany = Math.max(0, this.#devices.size - deviceLimits.paired);
    const oldest = others.sort((a, b) => a.seenAt - b.seenAt).slice(0, tooMany);
    for (const device of oldest) this.#devices.delete(device.key);
    this.#save();
    for (const { id } of oldest) this.#removed(id);
  }

  #removed(id: string): void {
    for (const listener of this.#removalListeners) listener(id);
  }

  #save(): void {
    for (const [key, device] of this.#devices) this.#devices.set(key, { ...device, savedAt: device.seenAt });
    this.#parts.save([...this.#devices.values()].map(({ savedAt: _, ...device }) => device));
    for (const listener of this.#listeners) listener();
  }
}
