import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Follows all connections of a server, also those that have not said yet what they want and those that became WebSockets,
 * which Node counts no more. To be called before the server listens.
 */
export function followConnections(server: Server) {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    /** Ends them; `server.close` would wait for them. */
    end: (): void => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
