import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../server/bench/free-port.ts';
import { parseConfig } from '../../server/config/read-config.ts';
import { socketLimits } from '../../server/control/socket.ts';
import { routePlaces } from '../../server/live/route-places.ts';
import { type Live, startLive } from '../../server/main.ts';
import { protocolVersion, type Role } from '../../server/protocol/messages.ts';
import { routes } from '../../server/protocol/routes.ts';
import { Page } from '../control/live.ts';
import { type Held, otherComputer } from '../http/other-computer.ts';
import { writeBarePages } from './bare-pages.ts';
import { PhotographCamera } from './photograph-camera.ts';

const other = otherComputer();
let folder: string;
let port: number;
let live: Live;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doors-'));
  await writeBarePages(folder);
  port = await freePort();
  const config = parseConfig(
    `server: {host: 0.0.0.0, port: ${port}, names: [museum.lan]}\nosc: {enabled: false}`,
    'installation.yaml',
  );
  const createCamera = () => new PhotographCamera(new Uint8Array());
  live = await startLive({ config, folder, pages: join(folder, 'pages'), createCamera });
}, 60_000);
afterAll(async () => {
  await other?.close();
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

describe.skipIf(!other)('another computer', () => {
  const computer = other as NonNullable<typeof other>;
  const upgrade = (path: string) =>
    [`GET ${path} HTTP/1.1`, `Host: ${computer.address}:${port}`, 'Connection: Upgrade', 'Upgrade: websocket']
      .concat('Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`, '\r\n')
      .join('\r\n');
  const give = (pin: string, more: readonly string[] = []) =>
    [
      `POST ${routes.visitor} HTTP/1.1`,
      `Host: ${computer.address}:${port}`,
      `Content-Length: ${4 + pin.length}`,
      ...more,
    ]
      .concat('Content-Type: application/x-www-form-urlencoded', '', `pin=${pin}`)
      .join('\r\n');
  const page = (role: Role, pin?: string) =>
    new Page(port, { protocol: protocolVersion, role, client: `client-of-${role}`, ...(pin && { pin }) }, {});

  it('that knocks at every socket from 50 addresses takes no place from the wall and the tablet here', async () => {
    const flood = [routes.frames, `${routes.control}?EIO=4&transport=websocket`].map((path) =>
      computer.connect(port, 200, computer.own, upgrade(path)),
    );
    for (const [k, most] of [routePlaces.strangers, socketLimits.places.strangers].entries()) {
      const isOver = ({ open, closed }: Held) => open + closed === 200 && open <= most;
      await expect.poll(() => isOver(flood[k].held), { timeout: 20_000 }).toBe(true);
    }
    const pages = [page('display'), page('visitor'), page('curator', live.pin)];
    for (const one of pages) await one.until(({ state }) => state);
    const wall = Array.from({ length: 16 }, () => open(routes.frames));
    await settled(wall);
    expect(count(wall)).toBe(16);
    for (const one of pages) one.close();
  });

  it('that guesses the PIN from 40 addresses, whatever it says of itself, holds up only those who are new', async () => {
    const known = computer.connect(port, 1, [computer.own[0]], give(live.pin));
    await expect.poll(() => known.held.heard, { timeout: 20_000 }).toContain('303');
    const claims = ['X-Forwarded-For: 127.0.0.1', 'Forwarded: for=127.0.0.1', `Host: localhost:${port}`];
    const guesses = computer.connect(port, 120, computer.own.slice(1, 41), give('guess', claims));
    await expect.poll(() => guesses.held.heard, { timeout: 20_000 }).toMatch(/Please wait \d+ s/);
    const late = computer.connect(port, 1, [computer.own[49]], give(live.pin));
    const again = computer.connect(port, 1, [computer.own[0]], give(live.pin));
    await expect.poll(() => again.held.heard, { timeout: 20_000 }).toContain('303');
    const curator = await page('curator', live.pin).until(({ state }) => state);
    const lines = curator.state?.curator?.log.map(({ message }) => message) ?? [];
    expect(lines.join('\n')).toMatch(/^20 wrong PINs within 60 minutes from .* addresses/m);
    curator.close();
    await expect.poll(() => late.held.heard).toMatch(/Please wait \d+ s/);
    expect(late.held.heard).not.toContain('303');
  });
});
