import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../server/bench/free-port.ts';
import { parseConfig } from '../../server/config/read-config.ts';
import { type Live, startLive } from '../../server/main.ts';
import type { Command, CommandAnswer } from '../../server/protocol/commands.ts';
import { protocolVersion } from '../../server/protocol/messages.ts';
import { refusalCodes } from '../../server/protocol/refusals.ts';
import { routes } from '../../server/protocol/routes.ts';
import type { InstallationState } from '../../server/protocol/snapshot.ts';
import { writeBarePages } from './bare-pages.ts';
import { PhotographCamera } from './photograph-camera.ts';

const address = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
if (!address) console.log('Sockets over plain http from elsewhere are not tried: this machine has no network.');

let folder: string;
let port: number;
let live: Live;

async function start({ pin = '246813', host = '127.0.0.1', more = '' } = {}): Promise<void> {
  const yaml = `server: {host: ${host}, port: ${port}, pin: "${pin}"${more}}\nosc: {enabled: false}`;
  const createCamera = () => new PhotographCamera(new Uint8Array());
  const config = parseConfig(yaml, 'installation.yaml');
  live = await startLive({ config, folder, pages: join(folder, 'pages'), createCamera });
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pairing-'));
  await writeBarePages(folder);
  port = await freePort();
});
afterEach(async () => {
  await live?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** As a proxy on this computer asks for somebody else. */
const elsewhere = { 'x-forwarded-for': '192.168.1.77' };
const page = (headers: Record<string, string>) =>
  fetch(`http://127.0.0.1:${port}/`, { headers, redirect: 'manual' }).then(async (response) => ({
    text: await response.text(),
    cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '',
  }));
const codeIn = (text: string) => /class="code">(\d{3}) <span>(\d{3})</.exec(text)?.slice(1).join('') ?? '';

/** A WebSocket that is open, or the words with which it is refused. */
const knock = (path: string, headers: Record<string, string>, host = '127.0.0.1'): Promise<WebSocket | string> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${host}:${port}${path}`, { headers });
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', async (_, answer) => resolve((await answer.toArray()).join('')));
    socket.on('error', reject);
  });

type Connected = {
  readonly state: InstallationState;
  command(command: Command): Promise<CommandAnswer>;
  close(): void;
};

/** A page's control, or the code with which it is refused. */
const control = (
  hello: Record<string, unknown>,
  headers: Record<string, string> = {},
  host = '127.0.0.1',
): Promise<Connected | string> =>
  new Promise((resolve) => {
    const auth = { protocol: protocolVersion, client: `client-${hello.role}`, ...hello };
    const socket = io(`http://${host}:${port}`, {
      path: routes.control,
      transports: ['websocket'],
      auth,
      extraHeaders: headers,
      reconnection: false,
      forceNew: true,
    });
    const command = (given: Command) => socket.emitWithAck('command', given) as Promise<CommandAnswer>;
    socket.on('state', (state) => resolve({ state, command, close: () => socket.disconnect() }));
    socket.on('connect_error', (error: Error & { data?: { code: string } }) => {
      socket.disconnect();
      resolve(error.data?.code ?? error.message);
    });
  });

describe('the whole piece', () => {
  it('shows a display elsewhere nothing before it is paired, and remembers it over a restart', async () => {
    await start();
    expect(await knock(routes.frames, elsewhere)).toBe(refusalCodes['not-paired']);
    expect(await control({ role: 'display' }, elsewhere)).toBe('not-paired');
    const { text, cookie } = await page(elsewhere);
    const headers = { ...elsewhere, cookie };
    expect(await knock(routes.frames, headers), 'while it waits').toBe(refusalCodes['not-paired']);
    const curator = (await control({ role: 'curator', pin: '246813' })) as Connected;
    expect(await curator.command({ type: 'device.pair', code: codeIn(text) })).toEqual({ status: 'done' });
    curator.close();
    expect((await page(headers)).text).toBe('<title>display</title>');
    expect(((await control({ role: 'display' }, headers)) as Connected).state.texts).toBeDefined();
    await live.stop();
    const stateFile = join(folder, 'state', 'state.json');
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
    const saved = await readFile(stateFile, 'utf8');
    expect(saved).toContain('192.168.1.77');
    expect(saved).not.toContain(cookie.split('=')[1]);

    await start();
    expect((await page(headers)).text).toBe('<title>display</title>');
    const frames = (await knock(routes.frames, headers)) as WebSocket;
    const desk = (await control({ role: 'curator', pin: '246813' })) as Connected;
    const [device] = desk.state.curator?.devices ?? [];
    const closed = new Promise((resolve) => frames.on('close', resolve));
    expect(await desk.command({ type: 'device.remove', device: device.id })).toEqual({ status: 'done' });
    await closed;
    expect(codeIn((await page(headers)).text)).toMatch(/^\d{6}$/);
    desk.close();
  });

  it('asks every device again when the PIN has changed', async () => {
    await start();
    const { text, cookie } = await page(elsewhere);
    const curator = (await control({ role: 'curator', pin: '246813' })) as Connected;
    await curator.command({ type: 'device.pair', code: codeIn(text) });
    curator.close();
    await live.stop();
    await start({ pin: '135791' });
    expect(codeIn((await page({ ...elsewhere, cookie })).text)).toMatch(/^\d{6}$/);
  });

  it.skipIf(!address)(
    'takes PIN and camera over plain http from this computer only, where there is https',
    async () => {
      await start({ host: '0.0.0.0', more: ', certificate: auto' });
      const there = address as string;
      expect(await control({ role: 'visitor' }, {}, there)).toBe('not-secure');
      expect(await control({ role: 'curator', pin: '246813' }, {}, there)).toBe('not-secure');
      for (const path of [`${routes.camera}?v=1&client=client-1`, `${routes.preview}?client=client-1`]) {
        expect(await knock(path, {}, there), path).toBe(refusalCodes['not-secure']);
      }
      for (const [method, path] of ['POST /', 'POST /curator', 'POST /visitor', 'GET /?pair=pin'].map((line) =>
        line.split(' '),
      )) {
        const response = await fetch(`http://${there}:${port}${path}`, { method, redirect: 'manual' });
        expect([response.status, response.headers.get('location')], `${method} ${path}`).toEqual([
          307,
          `https://${there}:${port}${path}`,
        ]);
      }
      expect(((await control({ role: 'curator', pin: '246813' })) as Connected).state.curator).not.toBeNull();
    },
  );
});
