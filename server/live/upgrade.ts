import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { isSameOrigin } from '../control/same-origin.ts';
import type { Tablets } from '../control/tablets.ts';

/** Takes over a connection that is to become a WebSocket. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Turns a connection away before it becomes a WebSocket. */
export function refuseUpgrade(socket: Duplex, status: 403 | 404): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`);
}

/** Lets through what our own pages ask for: other web pages in the same browser have no business here. */
export const fromOurPages =
  (upgrade: Upgrade): Upgrade =>
  (request, socket, head) =>
    isSameOrigin(request) ? upgrade(request, socket, head) : refuseUpgrade(socket, 403);

/** Lets through what visitors' tablets ask for. */
export const fromTablets = (tablets: Pick<Tablets, 'admits'>, upgrade: Upgrade): Upgrade =>
  fromOurPages((request, socket, head) =>
    tablets.admits(request) ? upgrade(request, socket, head) : refuseUpgrade(socket, 403),
  );
