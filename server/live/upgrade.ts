import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Devices } from '../control/devices.ts';
import { socketRefusal } from '../control/same-origin.ts';
import type { DeviceKind } from '../protocol/devices.ts';
import type { OwnHosts } from '../protocol/hosts.ts';
import { isPlainFromElsewhere } from '../protocol/loopback.ts';
import { refusalCodes } from '../protocol/refusals.ts';

/** Takes over a connection that is to become a WebSocket. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Turns a connection away before it becomes a WebSocket; `reason` is a sentence. */
export function refuseUpgrade(socket: Duplex, status: 403 | 404 | 503, reason = ''): void {
  const head = ['Connection: close', 'Content-Type: text/plain; charset=utf-8', 'X-Content-Type-Options: nosniff'];
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...head, '', reason];
  // A client that does not close its side must not keep the connection.
  socket.end(lines.join('\r\n'), () => socket.destroy());
}

/** Lets through what our own pages ask for: other web pages in the same browser have no business here. */
export const fromOurPages =
  (hosts: OwnHosts, upgrade: Upgrade): Upgrade =>
  (request, socket, head) => {
    const refusal = socketRefusal(request, hosts);
    if (refusal === null) upgrade(request, socket, head);
    else refuseUpgrade(socket, 403, refusal);
  };

/** Lets through WebSockets of paired devices, and ends those of a device that is removed. */
export class UpgradeGate {
  readonly #devices: Pick<Devices, 'admits' | 'idOf'>;
  readonly #hosts: OwnHosts;
  readonly #isSecured: boolean;
  /** Connections by the id of their device. */
  readonly #open = new Map<string, Set<Duplex>>();

  /** @param isSecured whether the pages are served over https: cameras then travel no other way */
  constructor(devices: Pick<Devices, 'admits' | 'idOf' | 'onRemoved'>, hosts: OwnHosts, isSecured: boolean) {
    this.#devices = devices;
    this.#hosts = hosts;
    this.#isSecured = isSecured;
    devices.onRemoved((id) => {
      for (const socket of this.#open.get(id) ?? []) socket.destroy();
    });
  }

  /** Lets through what pages of ours on this computer ask for, and on devices that may do what `kind` may. */
  from(kind: DeviceKind, upgrade: Upgrade): Upgrade {
    return fromOurPages(this.#hosts, (request, socket, head) => {
      const isExposed = kind !== 'display' && this.#isSecured && isPlainFromElsewhere(request);
      if (isExposed) return refuseUpgrade(socket, 403, refusalCodes['not-secure']);
      if (!this.#devices.admits(request, kind)) return refuseUpgrade(socket, 403, refusalCodes['not-paired']);
      this.#follow(this.#devices.idOf(request), socket);
      upgrade(request, socket, head);
    });
  }

  #follow(id: string | null, socket: Duplex): void {
    if (id === null) return;
    const sockets = this.#open.get(id) ?? new Set();
    this.#open.set(id, sockets.add(socket));
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0 && this.#open.get(id) === sockets) this.#open.delete(id);
    });
  }
}
