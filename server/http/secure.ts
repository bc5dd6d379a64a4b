import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** PEM. */
export interface TlsCredentials {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** First byte of a TLS handshake; no HTTP request begins with it. */
const handshake = 22;
/** Browsers open connections ahead of need; one that says nothing for so long is closed, ms. */
const patience = 120_000;

/**
 * Lets an HTTP server speak TLS as well, at the same port: what a client says first tells which. Tablets need https for
 * their cameras, phones that know nothing of our certificates and the wall on the same computer need http. To be called
 * before the server listens.
 */
export function addTls(server: Server, credentials: TlsCredentials) {
  const [serve] = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
  const tls = createTlsServer({ ...credentials, ALPNProtocols: ['http/1.1'] });
  tls.on('secureConnection', (socket) => serve.call(server, socket));
  tls.on('tlsClientError', (_, socket) => socket.destroy());
  server.removeListener('connection', serve);
  server.on('connection', (socket: Socket) => {
    const giveUp = () => socket.destroy();
    // Whoever leaves before a word, or in the middle of a handshake, is gone; HTTP itself lets clients stop talking.
    const { allowHalfOpen } = socket;
    socket.allowHalfOpen = false;
    socket.once('error', giveUp);
    socket.setTimeout(patience, giveUp);
    socket.once('data', (first) => {
      socket.setTimeout(0);
      socket.removeListener('timeout', giveUp);
      socket.removeListener('error', giveUp);
      socket.pause();
      socket.unshift(first);
      if (first[0] === handshake) {
        tls.emit('connection', socket);
      } else {
        socket.allowHalfOpen = allowHalfOpen;
        serve.call(server, socket);
      }
      // Only now somebody listens to what was put back.
      process.nextTick(() => socket.resume());
    });
  });
  return {
    /** Uses another certificate for connections from now on. */
    renew: ({ cert, key }: TlsCredentials): void => tls.setSecureContext({ cert, key }),
  };
}
