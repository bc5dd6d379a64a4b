import { createSocket, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { FamiliarError } from '../../errors.ts';

/** A socket that sends to IPv4 and, where it can, to IPv6. */
export interface Udp {
  readonly socket: Socket;
  /** An address as `Socket.send` wants it. */
  readonly to: (host: string) => string;
}

/**
 * Listens for UDP. 0.0.0.0 stands for all addresses of this computer, those of IPv6 too where it has any: programs that
 * send to `localhost` may mean ::1.
 *
 * @throws FamiliarError OSC_PORT where the port cannot be had
 */
export async function listenUdp(host: string, port: number): Promise<Udp> {
  if (host === '0.0.0.0') {
    // The attempt by IPv4 alone says what is wrong where neither succeeds.
    const both = await bind('udp6', '::', port).catch(() => null);
    if (both) return both;
  }
  return bind(host.includes(':') ? 'udp6' : 'udp4', host, port).catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'EADDRINUSE' ? 'is used by another program' : `cannot be used (${cause.message})`;
    const message = `OSC port ${port} on ${host} ${what}. Close it, or choose another port in installation.yaml (osc: port).`;
    throw new FamiliarError('OSC_PORT', message, { cause });
  });
}

async function bind(family: 'udp4' | 'udp6', host: string, port: number): Promise<Udp> {
  const socket = createSocket(family);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (cause) => {
      socket.close();
      reject(cause);
    });
    socket.bind(port, host, resolve);
  });
  socket.removeAllListeners('error');
  return { socket, to: (address) => (family === 'udp6' && isIPv4(address) ? `::ffff:${address}` : address) };
}

/** An address as a socket gives it; IPv4 as such, also where a socket of both families received it. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
