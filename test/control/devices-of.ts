import type { SavedDevice } from '../../server/config/state-file.ts';
import { Devices } from '../../server/control/devices.ts';
import { Pairing } from '../../server/control/pairing.ts';
import { PinGuard } from '../../server/control/pin-guard.ts';
import { WaitingDevices } from '../../server/control/waiting-devices.ts';
import { OwnHosts } from '../../server/protocol/hosts.ts';

const hosts = new OwnHosts((host) => host === 'museum');

export interface DevicesOptions {
  readonly pin?: string;
  readonly saved?: readonly SavedDevice[];
  readonly guard?: PinGuard;
  readonly onWaiting?: () => void;
  readonly onPaired?: (message: string) => void;
}

const quietGuard = (pin: string) => new PinGuard({ pin, addresses: [], save: () => {}, warn: () => {} });

/** Devices and how they are paired, with a clock that a test sets and a list of what was saved. */
export function devicesOf({
  pin = '471100',
  saved = [],
  guard,
  onWaiting = () => {},
  onPaired = () => {},
}: DevicesOptions = {}) {
  const clock = { now: Date.UTC(2026, 10, 30) };
  const state: { saved: readonly SavedDevice[] } = { saved };
  const now = () => clock.now;
  const save = (list: readonly SavedDevice[]) => {
    state.saved = structuredClone(list);
  };
  const devices = new Devices({ saved, save, secret: 'secret of one piece', pin, hosts, now });
  const waiting = new WaitingDevices(onWaiting);
  const pairing = new Pairing({ devices, waiting, guard: guard ?? quietGuard(pin), now, onPaired });
  return { clock, state, devices, waiting, pairing };
}

/** A request as the server sees it; from another computer unless `remoteAddress` says otherwise. */
export const requestFrom = (
  remoteAddress = '192.168.1.77',
  headers: Record<string, string> = {},
  { localAddress = '192.168.1.10', encrypted = false } = {},
) => ({ socket: { remoteAddress, localAddress, encrypted }, headers: { host: 'localhost:8080', ...headers } });

/** What a browser sends back of a `Set-Cookie`. */
export const sentBack = (setCookie: string | null | undefined): string => String(setCookie ?? '').split(';')[0];
