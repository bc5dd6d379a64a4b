import { BlockList, isIP } from 'node:net';

/** An address (`192.168.1.20`) or a network (`192.168.1.0/24`), of either family. */
export interface Network {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  /** Bits of the address that count. */
  readonly prefix: number;
}

/** Reads an address or network; null where it is none. */
export function parseNetwork(text: string): Network | null {
  const [address, bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return null;
  const size = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? size : /^\d{1,3}$/.test(bits) ? Number(bits) : size + 1;
  return prefix <= size ? { address, family: version === 4 ? 'ipv4' : 'ipv6', prefix } : null;
}

/** Whether an address, as sockets give it, belongs to one of the networks. */
export function allowList(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const text of networks) {
    const network = parseNetwork(text);
    if (network) list.addSubnet(network.address, network.prefix, network.family);
  }
  return (address) => {
    // A socket of both families gives IPv4 senders as ::ffff:192.168.1.20.
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  };
}
