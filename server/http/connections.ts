import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { isOwn } from '../protocol/loopback.ts';
import { type Identity, type PlaceLimits, Places } from '../protocol/places.ts';

/** Connections from other computers. A browser has six, and one more for each WebSocket. */
const limits: PlaceLimits = { all: 1_024, forHere: 0, fromDevice: 64, strangers: 512, fromStranger: 128 };

/**
 * Follows all connections of a server, also those that have not said yet what they want and those that became WebSockets,
 * which Node counts no more, and ends the oldest of strangers where there are too many. This computer, and a proxy on it,
 * have no limit. To be called before the server listens.
 *
 * @param identify who makes a request: its connection is no stranger's any more where that is a paired device
 */
export function followConnections(server: Server, identify: (request: IncomingMessage) => Identity) {
  /** By the address and port of the other side, which a TLS connection has in common with the one below it. */
  const sockets = new Map<string, Socket>();
  const places = new Places<Socket>(limits);
  const enter = (socket: Socket, who: Identity) => {
    const losers = places.enter(socket, who) ?? [socket];
    for (const loser of losers) loser.destroy();
  };
  const know = (request: IncomingMessage) => {
    const who = identify(request);
    const socket = who.device === null ? undefined : sockets.get(keyOf(request.socket));
    if (socket && places.has(socket)) enter(socket, who);
  };
  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    sockets.set(key, socket);
    socket.once('close', () => {
      if (sockets.get(key) === socket) sockets.delete(key);
      places.leave(socket);
    });
    const { remoteAddress: address = '' } = socket;
    if (!isOwn(socket)) enter(socket, { address, isFromHere: false, device: null });
  });
  server.on('request', know);
  server.on('upgrade', know);
  return {
    /** Ends them; `server.close` would wait for them. */
    end: (): void => {
      for (const socket of sockets.values()) socket.destroy();
    },
  };
}

const keyOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
