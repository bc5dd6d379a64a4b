import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../server/bench/free-port.ts';
import { parseConfig } from '../../server/config/read-config.ts';
import { routePlaces } from '../../server/live/route-places.ts';
import { type Live, startLive } from '../../server/main.ts';
import { routes } from '../../server/protocol/routes.ts';
import { writeBarePages } from './bare-pages.ts';
import { PhotographCamera } from './photograph-camera.ts';

let folder: string;
let port: number;
let live: Live;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doors-'));
  await writeBarePages(folder);
  port = await freePort();
  const config = parseConfig(
    `server: {host: 127.0.0.1, port: ${port}, names: [museum.lan]}\nosc: {enabled: false}`,
    'installation.yaml',
  );
  const createCamera = () => new PhotographCamera(new Uint8Array());
  live = await startLive({ config, folder, pages: join(folder, 'pages'), createCamera });
}, 60_000);
afterAll(async () => {
  await live?.stop();
  await rm(folder, { recursive: true, force: true });
});

const opened: WebSocket[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.terminate();
});

/** Opens a WebSocket as `address` behind a proxy on this computer, or as this computer. */
function open(path: string, address?: string, cookie = ''): WebSocket {
  const headers = { host: `localhost:${port}`, ...(address && { 'x-forwarded-for': address, cookie }) };
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  socket.on('error', () => {});
  opened.push(socket);
  return socket;
}
const settled = (sockets: readonly WebSocket[]) =>
  expect.poll(() => sockets.every(({ readyState }) => readyState !== WebSocket.CONNECTING)).toBe(true);
const count = (sockets: readonly WebSocket[]) =>
  sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;

/** The cookie of a tablet that gave the PIN. */
async function pair(address: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}${routes.visitor}`, {
    method: 'POST',
    body: new URLSearchParams({ pin: live.pin }),
    headers: { 'x-forwarded-for': address },
    redirect: 'manual',
  });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** The status with which a WebSocket is opened or refused, and the words of the refusal. */
const knock = (path: string, host: string): Promise<readonly [number, string]> =>
  new Promise((resolve, reject) => {
    const headers = { host: `${host}:${port}`, origin: `http://${host}:${port}` };
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    socket.on('upgrade', () => resolve([101, '']));
    socket.on('open', () => socket.terminate());
    socket.on('unexpected-response', async (_, answer) =>
      resolve([answer.statusCode ?? 0, (await answer.toArray()).join('')]),
    );
    socket.on('error', (error) => reject(error));
  });

describe('every socket of the piece', () => {
  const sockets = [
    routes.frames,
    `${routes.preview}?client=client-1`,
    `${routes.camera}?v=1&client=client-1`,
    `${routes.control}?EIO=4&transport=websocket`,
  ];

  it.each(sockets)('%s is closed to pages that came under a name of somebody else (DNS rebinding)', async (path) => {
    const [status, words] = await knock(path, 'evil.example');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(words).toContain('not known as "evil.example"');
    expect(words).toContain('installation.yaml');
  });

  it.each(sockets)('%s is reached under a name of this computer', async (path) => {
    const isCamera = path.startsWith(routes.camera);
    const expected = path.startsWith(routes.preview) ? 403 : isCamera ? 404 : 101;
    for (const name of ['localhost', '127.0.0.1', 'museum.lan'])
      expect(await knock(path, name)).toEqual([expected, '']);
  });
});

describe('the places of the wall’s stream', () => {
  const { all, forHere, fromDevice, strangers } = routePlaces;

  it('are not taken by strangers', async () => {
    const flood = Array.from({ length: 150 }, (_, k) => open(routes.frames, `10.0.0.${k % 50}`));
    await settled(flood);
    expect(count(flood)).toBeLessThanOrEqual(strangers);
    const mine = Array.from({ length: all }, () => open(routes.frames));
    await settled(mine);
    expect(count(mine)).toBe(all);
    expect(count(flood)).toBe(0);
  });

  it('are shared by paired devices, and some are kept for this computer', async () => {
    const cookies = await Promise.all(Array.from({ length: 4 }, (_, k) => pair(`10.1.0.${k}`)));
    const one = Array.from({ length: fromDevice + 4 }, () => open(routes.frames, '10.1.0.0', cookies[0]));
    await settled(one);
    expect(count(one)).toBe(fromDevice);
    const others = cookies
      .slice(1)
      .flatMap((cookie, k) => Array.from({ length: fromDevice }, () => open(routes.frames, `10.1.0.${k + 1}`, cookie)));
    await settled(others);
    expect(count(others)).toBe(all - forHere - fromDevice);
    const mine = Array.from({ length: forHere }, () => open(routes.frames));
    await settled(mine);
    expect(count(mine)).toBe(forHere);
  });
});
