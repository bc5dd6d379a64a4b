import { describe, expect, it } from 'vitest';
import { hostIn, OwnHosts } from '../../server/protocol/hosts.ts';

const hosts = new OwnHosts((host) => ['museum-pc', 'faces.museum.org', '10.0.0.5'].includes(host));
const request = (host: string | undefined, remoteAddress = '127.0.0.1', more: object = {}) => ({
  socket: { remoteAddress, localAddress: remoteAddress.includes('127.') ? remoteAddress : '192.168.1.10' },
  headers: { host, ...more },
});

describe('the host that a request names', () => {
  it.each([
    ['localhost:8080', 'localhost'],
    ['LocalHost.', 'localhost'],
    ['127.0.0.1:80', '127.0.0.1'],
    ['[::1]:8080', '::1'],
    ['[0:0:0:0:0:0:0:1]', '::1'],
    ['Faces.Museum.org:443', 'faces.museum.org'],
    ['müsli.example', 'xn--msli-0ra.example'],
    [undefined, null],
    ['', null],
    ['a/b', ''],
    ['user@localhost', ''],
    ['localhost:99999', ''],
    ['<script>', ''],
    ['a b', ''],
    ['x'.repeat(301), ''],
  ])('%s is %s', (header, host) => {
    expect(hostIn(header)).toBe(host);
  });
});

describe('a request under a name', () => {
  const own = [
    'localhost',
    'localhost.',
    '127.0.0.1',
    '127.8.9.1',
    '[::1]',
    'museum-pc',
    'MUSEUM-PC.',
    'faces.museum.org',
  ];
  const foreign = [
    'evil.example',
    'localhost.evil.example',
    'evil.example.',
    '127.0.0.1.evil.example',
    'museum-pc.evil.example',
    'xmuseum-pc',
    'faces.museum.org.evil.example',
    'localhost@evil.example',
    'evil.example#localhost',
    '1.2.3.4.5',
    'evil',
    'rebind.localhost.example',
  ];

  it.each(own.flatMap((host) => [host, `${host}:8080`]))('%s is from here', (host) => {
    expect(hosts.refusal(request(host))).toBeNull();
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '192.168.1.10']) {
      expect(hosts.isFromHere({ ...request(host), socket: { remoteAddress: address, localAddress: address } })).toBe(
        true,
      );
    }
    expect(hosts.isFromHere(request(host, '192.168.1.77'))).toBe(false);
    expect(hosts.isFromHere(request(host, '127.0.0.1', { 'x-forwarded-for': '10.9.9.9' }))).toBe(false);
  });

  it.each(foreign.flatMap((host) => [host, `${host}:8080`]))('%s is refused, wherever it comes from', (host) => {
    for (const address of ['127.0.0.1', '192.168.1.77']) {
      expect(hosts.refusal(request(host, address))).toMatch(
        /not known as ".*installation\.yaml|no name and no address/,
      );
      expect(hosts.isFromHere(request(host, address))).toBe(false);
    }
  });

  it('that is an address is served, and from here only where the address is our own', () => {
    const to = (host: string, localAddress: string) => ({
      socket: { remoteAddress: localAddress, localAddress },
      headers: { host },
    });
    expect(hosts.isFromHere(to('192.168.1.10:8080', '192.168.1.10'))).toBe(true);
    expect(hosts.isFromHere(to('192.168.1.10:8080', '::ffff:192.168.1.10'))).toBe(true);
    expect(hosts.isFromHere(to('[fd00::5]:8080', 'fd00::5'))).toBe(true);
    expect(hosts.isFromHere(to('10.0.0.5', '127.0.0.1'))).toBe(true);
    for (const host of ['203.0.113.9:8080', '[2001:db8::1]', '0.0.0.0:8080']) {
      expect(hosts.refusal(request(host))).toBeNull();
      expect(hosts.isFromHere(to(host, '127.0.0.1'))).toBe(false);
    }
  });

  it('that names no host is served as a stranger: browsers always name one', () => {
    expect(hosts.refusal(request(undefined))).toBeNull();
    expect(hosts.isFromHere(request(undefined))).toBe(false);
  });
});
