import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeAuthority, makeServerCertificate } from '../../server/certificate/x509.ts';
import { followConnections } from '../../server/http/connections.ts';
import { addTls } from '../../server/http/secure.ts';
import { otherComputer } from './other-computer.ts';

const other = otherComputer();
let server: Server;
let connections: ReturnType<typeof followConnections>;
let port: number;

const authority = await makeAuthority('Familiar Faces on test', Date.now());
const { certificate: cert, key } = await makeServerCertificate(authority, ['localhost'], Date.now());

/** Requests with a cookie are those of a paired device. */
const identify = ({ socket, headers }: IncomingMessage) => ({
  address: socket.remoteAddress ?? '',
  isFromHere: false,
  device: headers.cookie ?? null,
});

beforeEach(async () => {
  server = createServer((_, response) => response.end('Hello.'));
  server.keepAliveTimeout = 120_000;
  connections = followConnections(server, identify);
  addTls(server, { cert, key });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterEach(async () => {
  const closed = new Promise((resolve) => server.close(resolve));
  connections.end();
  await closed;
});
afterAll(() => other?.close());

const count = (): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, n) => (error ? reject(error) : resolve(n))));

describe.skipIf(!other)('connections of another computer', () => {
  const computer = other as NonNullable<typeof other>;

  it('are a limited number from one address; the newest stay', async () => {
    const flood = computer.connect(port, 200, [computer.own[0]]);
    await expect.poll(() => flood.held, { timeout: 20_000 }).toMatchObject({ open: 128, closed: 72 });
    expect(await count()).toBe(128);
    const late = computer.connect(port, 1, [computer.own[0]], 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await expect.poll(() => late.held.heard, { timeout: 20_000 }).toContain('Hello.');
    await expect.poll(() => flood.held.open).toBe(127);
  });

  it.each(['http', 'https'] as const)(
    'are a limited number from all addresses, but for those of paired devices (%s) and of this computer',
    async (scheme) => {
      const request = (cookie: string) => `GET / HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\n\r\n`;
      const paired = computer.connect(port, 3, [computer.own[0]], request('tablet'), scheme);
      await expect
        .poll(() => paired.held, { timeout: 20_000 })
        .toMatchObject({ open: 3, heard: expect.stringContaining('Hello.') });
      const flood = computer.connect(port, 700, computer.own);
      await expect.poll(() => flood.held, { timeout: 20_000 }).toMatchObject({ open: 512, closed: 188 });
      expect(paired.held).toMatchObject({ open: 3, closed: 0 });
      expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('Hello.');
      const more = computer.connect(port, 3, [computer.own[0]], request('wall'));
      await expect
        .poll(() => more.held, { timeout: 20_000 })
        .toMatchObject({ open: 3, heard: expect.stringContaining('Hello.') });
    },
  );
});
