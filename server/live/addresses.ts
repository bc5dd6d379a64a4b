import { networkInterfaces } from 'node:os';
import type { Config } from '../config/schema.ts';

/** This computer's address on the network, for people to type in: the first IPv4 one that is not its own loop. */
export function networkAddress(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): string {
  const all = Object.values(interfaces).flatMap((list) => list ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? 'localhost';
}

/** Where browsers find the piece, without a slash at the end. */
export function pageAddress({ host }: Config['server'], port: number, isSecure: boolean): string {
  const name = host === '0.0.0.0' || host === '::' ? networkAddress() : host.includes(':') ? `[${host}]` : host;
  return `${isSecure ? 'https' : 'http'}://${name}:${port}`;
}
