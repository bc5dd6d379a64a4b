import { isIP } from 'node:net';
import type { networkInterfaces } from 'node:os';

/** More would make handshakes long; a machine with more networks than this is no museum's. */
const mostAddresses = 24;

/**
 * Everything by which browsers may call this machine: its host name, also as Bonjour's `.local`, its addresses, itself,
 * and the names that were given. Pure; sorted, so that the same machine always has the same list.
 */
export function machineNames(
  host: string,
  interfaces: ReturnType<typeof networkInterfaces>,
  given: readonly string[],
): readonly string[] {
  const addresses = Object.values(interfaces)
    .flatMap((list) => list ?? [])
    // Link-local IPv6 addresses change and cannot be typed into a browser.
    .filter(({ address, internal }) => !internal && !/^fe80:/i.test(address))
    .map(({ address }) => address)
    .sort()
    .slice(0, mostAddresses);
  const short = host.replace(/\.local$/i, '');
  const own = short.includes('.') ? [short] : [short, `${short}.local`];
  const names = ['localhost', '127.0.0.1', '::1', ...own, ...given, ...addresses];
  return [...new Set(names.map((name) => name.toLowerCase()).filter(isName))].sort();
}

/** Listening on all addresses is no address. */
const unspecified = ['0.0.0.0', '::'];

const isName = (name: string): boolean =>
  !unspecified.includes(name) &&
  (isIP(name) > 0 ||
    (name.length <= 253 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)));
