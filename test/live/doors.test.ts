import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../server/bench/free-port.ts';
import { parseConfig } from '../../server/config/read-config.ts';
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
