import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../server/bench/free-port.ts';
import { parseConfig } from '../../server/config/read-config.ts';
import { type Live, startLive } from '../../server/main.ts';
import { decodeFrame, encodeAck, type FrameHeader } from '../../server/protocol/frame.ts';
import { protocolVersion } from '../../server/protocol/messages.ts';
import { runCli } from '../cli/run-cli.ts';
import { Page } from '../control/live.ts';
import { hasReference, referencePath, sharedPath } from '../reference.ts';
import { writeBarePages } from './bare-pages.ts';
import { PhotographCamera } from './photograph-camera.ts';

let folder: string;
let photograph: Uint8Array = new Uint8Array();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visit-'));
  await writeBarePages(folder);
  if (hasReference) photograph = await readFile(sharedPath('portraits/01-webmorph.jpg'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(pack: string, port: number): Promise<Live> {
  return startLive({
    config: parseConfig(
      `pack: ${join(folder, pack)}
server: {host: 127.0.0.1, port: ${port}, pin: "4711", stateFolder: ${pack}-state}
engine: {runtime: cpu}
chain: {folder: ${pack}-chain}
osc: {enabled: false}
live: {pace: 5, hold: 2, countdown: 0, attractPace: 2}`,
      'installation.yaml',
    ),
    folder,
    pages: join(folder, 'pages'),
    createCamera: () => new PhotographCamera(photograph),
  });
}

/** What a wall is sent. */
function watchWall(port: number): { headers: FrameHeader[]; close(): void } {
  const headers: FrameHeader[] = [];
  const socket = new WebSocket(`ws://127.0.0.1:${port}/frames?size=512`);
  socket.on('error', () => {});
  socket.on('message', (data: Buffer) => {
    const frame = decodeFrame(data);
    if (!frame.ok) return;
    headers.push(frame.value.header);
    socket.send(encodeAck(frame.value.header.sequence));
  });
  return { headers, close: () => socket.terminate() };
}

describe.skipIf(!hasReference)('a whole visit with an imported network', () => {
  it.each([
    ['without noise', 'stylegan3-t-32.pkl'],
    ['of several classes', 'stylegan2-32-conditional.pkl'],
  ])(
    '%s: %s',
    async (_, file) => {
      const pack = file.replace('.pkl', '');
      const result = await runCli(['import', referencePath(file), '--name', pack, '--out', folder]);
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout.includes("of its 3 classes, pack.yaml's 'label' chooses one")).toBe(
        /conditional/.test(file),
      );
      const port = await freePort();
      let live = await start(pack, port);
      let wall = watchWall(port);
      const tablet = new Page(port, { protocol: protocolVersion, role: 'visitor', client: 'client-of-visitor' }, {});
      try {
        await live.engine.whenReady();
        await expect.poll(() => wall.headers.length).toBeGreaterThan(2);
        expect(wall.headers.at(-1)).toMatchObject({ kind: 'nobody', width: 32, height: 32 });
        await tablet.until(({ state }) => state);
        for (const type of ['begin', 'consent', 'capture']) {
          expect((await tablet.command({ type })).status, type).not.toBe('refused');
        }
        await tablet.until(({ state }) => state?.visit?.portrait, 60_000);
        await tablet.command({ type: 'keep' });
        await tablet.until(({ state }) => state?.state === 'arrived', 60_000);
        expect(tablet.state?.visit?.progress?.step).toBeGreaterThan(1);
        await expect.poll(() => wall.headers.some(({ kind }) => kind === 'face')).toBe(true);
        await tablet.until(({ state }) => state?.chain.length === 1);
        tablet.close();
        wall.close();
        await live.stop();
        // The next morning.
        live = await start(pack, port);
        wall = watchWall(port);
        await expect.poll(() => wall.headers.at(-1), { timeout: 60_000 }).toMatchObject({ kind: 'chain', visitor: 1 });
      } finally {
        tablet.close();
        wall.close();
        await live.stop();
      }
    },
    240_000,
  );
});
