import type { Time } from './snapshot.ts';

/**
 * What a paired device on another computer may do, least first; each kind may do what those before it may. `display`:
 * show the wall. `tablet`: lead visits and lend its camera. `curator`: open the curator's page, with the PIN.
 */
export const deviceKinds = ['display', 'tablet', 'curator'] as const;
export type DeviceKind = (typeof deviceKinds)[number];

/** Whether a device of kind `kind` may do what `wanted` may. */
export const includesKind = (kind: DeviceKind, wanted: DeviceKind): boolean =>
  deviceKinds.indexOf(kind) >= deviceKinds.indexOf(wanted);

export const deviceLimits = {
  /** Most paired devices; the one not seen for longest makes room. */
  paired: 100,
  /** Characters of a device's name, of its browser, of its address. */
  name: 40,
  browser: 60,
  address: 60,
} as const;

/** A device that was paired, as curators see it. */
export interface PairedDevice {
  readonly id: string;
  readonly kind: DeviceKind;
  /** `?name=` of a display, else what the device says it is, until a curator names it. */
  readonly name: string;
  /** Such as “Chromium on Linux”. */
  readonly browser: string;
  /** IP address it was last seen at. */
  readonly address: string;
  readonly pairedAt: Time;
  /** To the minute. */
  readonly seenAt: Time;
  /** Whether one of its pages is connected now. */
  readonly connected: boolean;
}

/** A display that shows a code and waits for a curator to type it in. The code itself is only on the wall. */
export interface WaitingDevice {
  readonly name: string;
  readonly browser: string;
  readonly address: string;
}

/** A code as displays show it and curators type it: six digits. */
export const pairingCode = /^\d{6}$/;
