import { isIPv6 } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { Config } from '../config/schema.ts';
import { hostIn, OwnHosts } from '../protocol/hosts.ts';
import type { Https } from './https.ts';

/**
 * The names and addresses of this computer: its host name, also as Bonjour's `.local`; its addresses; `host`,
 * `publicAddress` and `names` of installation.yaml; and the names in a certificate that was given to it. Looked up at each
 * question, since addresses and names change while the piece runs.
 */
export function ownHosts(
  server: Pick<Config['server'], 'host' | 'publicAddress' | 'names'>,
  https: Pick<Https, 'covers'> | null,
): OwnHosts {
  const { host, publicAddress, names } = server;
  const given = [
    isIPv6(host) ? `[${host}]` : host,
    ...(publicAddress ? [new URL(publicAddress).host] : []),
    ...names,
  ].map(hostIn);
  return new OwnHosts((name) => {
    if (given.includes(name)) return true;
    const own = hostname().toLowerCase();
    const [short] = own.split('.');
    if (name === own || name === short || name === `${short}.local`) return true;
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    return addresses.some(({ address }) => address === name) || (https?.covers(name) ?? false);
  });
}
