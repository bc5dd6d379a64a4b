import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { socketRefusal } from '../control/same-origin.ts';
import type { Tablets } from '../control/tablets.ts';
import type { OwnHosts } from '../protocol/hosts.ts';

/** Takes over a connection that is to become a WebSocket. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Turns a connection away before it becomes a WebSocket; `reason` is a sentence. */
export function refuseUpgrade(socket: Duplex, status: 403 | 404, reason = ''): void {
  const head = ['Connection: close', 'Content-Type: text/plain; charset=utf-8', 'X-Content-Type-Options: nosniff'];
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...head, '', reason].join('\r\n'));
}

/** Lets through what our own pages ask for: other web pages in the same browser have no business here. */
export const fromOurPages =
  (hosts: OwnHosts, upgrade: Upgrade): Upgrade =>
  (request, socket, head) => {
    const refusal = socketRefusal(request, hosts);
    if (refusal === null) upgrade(request, socket, head);
    else refuseUpgrade(socket, 403, refusal);
  };

/** Lets through what visitors' tablets ask for. */
export const fromTablets = (hosts: OwnHosts, tablets: Pick<Tablets, 'admits'>, upgrade: Upgrade): Upgrade =>
  fromOurPages(hosts, (request, socket, head) =>
    tablets.admits(request) ? upgrade(request, socket, head) : refuseUpgrade(socket, 403),
  );
