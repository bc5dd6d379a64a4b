import { networkInterfaces } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { ownHosts } from '../../server/live/own-hosts.ts';

vi.mock('node:os', async (original) => ({ ...(await original<object>()), hostname: () => 'Museum-PC.intern.org' }));

const server = { host: '0.0.0.0', publicAddress: 'https://Faces.Museum.org:8443/', names: ['faces.lan'] };
const isServed = (host: string, https: Parameters<typeof ownHosts>[1] = null) =>
  ownHosts(server, https).refusal({ headers: { host } }) === null;

describe('this computer', () => {
  it.each(['museum-pc:8080', 'museum-pc.local', 'museum-pc.intern.org', 'faces.museum.org', 'FACES.LAN:8080'])(
    'is known as %s',
    (host) => {
      expect(isServed(host)).toBe(true);
    },
  );

  it.each(['evil.example', 'museum.org', 'intern.org', 'museum-pc.evil.example', 'lan'])(
    'is not known as %s',
    (host) => {
      expect(isServed(host)).toBe(false);
    },
  );

  it('is known by the names of a certificate that was given to it', () => {
    const https = { covers: (name: string) => name === 'wall.museum.org' };
    expect(isServed('wall.museum.org', https)).toBe(true);
    expect(isServed('evil.example', https)).toBe(false);
  });

  it.each(['::', 'fd00::5', '0.0.0.0', 'wall'])('listening on %s is known by no malformed name', (host) => {
    const hosts = ownHosts({ ...server, host }, null);
    for (const malformed of ['a/b', 'user@localhost', '[::1', 'x y']) {
      expect(hosts.refusal({ headers: { host: malformed } }), malformed).toMatch(/no name and no address/);
    }
    expect(hosts.refusal({ headers: { host: 'wall:8080' } }) === null).toBe(host === 'wall');
  });

  it('has the addresses of its networks', () => {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const { address, family } of addresses) {
      const host = family === 'IPv6' ? `[${address}]` : address;
      const socket = { remoteAddress: '127.0.0.1', localAddress: '127.0.0.1' };
      expect(ownHosts(server, null).isFromHere({ socket, headers: { host } }), host).toBe(true);
    }
  });
});
