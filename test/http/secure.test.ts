import { X509Certificate } from 'node:crypto';
import { createServer, Agent as HttpAgent, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { makeAuthority, makeServerCertificate } from '../../server/certificate/x509.ts';
import { followConnections } from '../../server/http/connections.ts';
import { addTls } from '../../server/http/secure.ts';

const authority = await makeAuthority('Familiar Faces on test', Date.now());
const make = async (...names: string[]) => {
  const { certificate, key } = await makeServerCertificate(authority, names, Date.now());
  return { cert: certificate, key };
};
const ca = authority.certificate;

let server: Server;
let connections: ReturnType<typeof followConnections>;
let tls: ReturnType<typeof addTls>;
let port: number;
let seen: { encrypted: boolean; connection: number }[];

beforeEach(async () => {
  const known: unknown[] = [];
  seen = [];
  server = createServer((request, response) => {
    if (!known.includes(request.socket)) known.push(request.socket);
    seen.push({ encrypted: 'encrypted' in request.socket, connection: known.indexOf(request.socket) });
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => response.end(`${request.method} ${request.url} ${body.length}`));
  });
  connections = followConnections(server, () => ({ address: '', isFromHere: false, device: null }));
  tls = addTls(server, await make('localhost', '127.0.0.1'));
  const sockets = new WebSocketServer({ noServer: true });
  sockets.on('connection', (client) => client.on('message', (data) => client.send(data)));
  server.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  const closed = new Promise((resolve) => server.close(resolve));
  connections.end();
  await closed;
});

function ask(agent: HttpAgent | HttpsAgent, path: string, body = ''): Promise<string> {
  const request = agent instanceof HttpsAgent ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const answered = async (response: IncomingMessage) => {
      let text = '';
      for await (const part of response) text += part;
      resolve(text);
    };
    request({ host: '127.0.0.1', port, path, agent, method: body ? 'POST' : 'GET' }, answered)
      .on('error', reject)
      .end(body);
  });
}

const ended = (socket: Socket): Promise<unknown> =>
  new Promise((resolve) =>
    socket
      .on('error', () => {})
      .once('close', resolve)
      .resume(),
  );

describe('one port', () => {
  it('answers http and https, several requests a connection, large bodies as well', async () => {
    const [plain, secure] = [new HttpAgent({ keepAlive: true }), new HttpsAgent({ keepAlive: true, ca })];
    for (const agent of [plain, secure]) {
      expect(await ask(agent, '/a')).toBe('GET /a 0');
      expect(await ask(agent, '/b', 'x'.repeat(300_000))).toBe('POST /b 300000');
      agent.destroy();
    }
    expect(seen.map(({ encrypted }) => encrypted)).toEqual([false, false, true, true]);
    expect(seen.map(({ connection }) => connection)).toEqual([0, 0, 1, 1]);
  });

  it('carries WebSockets both ways, both ways', async () => {
    for (const scheme of ['ws', 'wss']) {
      const socket = new WebSocket(`${scheme}://127.0.0.1:${port}/`, { ca });
      await new Promise((resolve) => socket.once('open', resolve));
      const message = Buffer.alloc(500_000, 7);
      socket.send(message);
      const [echo] = await new Promise<[Buffer]>((resolve) =>
        socket.once('message', (data) => resolve([data as Buffer])),
      );
      expect(echo.equals(message)).toBe(true);
      socket.terminate();
    }
  });

  it('is not believed by those who do not know the authority, nor under another name', async () => {
    await expect(ask(new HttpsAgent(), '/')).rejects.toThrow(/unable to verify|self.signed|issuer/i);
    const other = connectTls({ port, host: '127.0.0.1', ca, servername: 'museum.org' });
    expect(await new Promise((resolve) => other.once('error', resolve))).toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    // And goes on.
    expect(await ask(new HttpsAgent({ ca }), '/')).toBe('GET / 0');
  });

  it('understands whoever begins slowly, byte by byte', async () => {
    const socket = connect(port, '127.0.0.1');
    for (const byte of 'GET /slow HTTP/1.0\r\n\r\n') {
      socket.write(byte);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const [answer] = await new Promise<[Buffer]>((resolve) => socket.once('data', (data) => resolve([data])));
    expect(answer.toString()).toContain('200 OK');
    await ended(socket);
  });

  it('uses a renewed certificate for new connections, and keeps the old ones', async () => {
    const kept = new HttpsAgent({ keepAlive: true, ca });
    await ask(kept, '/');
    const renewed = await make('localhost', '127.0.0.1');
    tls.renew(renewed);
    const socket = connectTls({ port, host: '127.0.0.1', ca });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    expect(socket.getPeerX509Certificate()?.serialNumber).toBe(new X509Certificate(renewed.cert).serialNumber);
    socket.destroy();
    expect(await ask(kept, '/still')).toBe('GET /still 0');
    expect(seen.at(-1)?.connection).toBe(0);
    kept.destroy();
  });

  it('survives garbage, broken handshakes, and those who leave in the middle', async () => {
    const garbage = [
      Buffer.of(22, 3, 1, 0, 5, 1, 2, 3, 4, 5),
      Buffer.of(22),
      Buffer.alloc(2_000, 22),
      Buffer.alloc(2_000, 0xff),
      Buffer.from('GET'),
      Buffer.alloc(0),
    ];
    for (const bytes of garbage) {
      const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
      await ended(socket);
      const gone = connect(port, '127.0.0.1', () => gone.write(bytes, () => gone.resetAndDestroy()));
      await ended(gone);
    }
    expect(await ask(new HttpsAgent({ ca }), '/')).toBe('GET / 0');
  });

  it('closes those who never said anything, and those in the middle of a handshake', async () => {
    const silent = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(silent.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    silent[1].write(Buffer.of(22, 3, 1));
    const over = Promise.all(silent.map(ended));
    await new Promise((resolve) => setTimeout(resolve, 20));
    connections.end();
    await over;
  });
});
