import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../server/bench/free-port.ts';
import { parseConfig } from '../../server/config/read-config.ts';
import { type Live, startLive } from '../../server/main.ts';
import { packageRoot } from '../../server/paths.ts';
import { decodeFrame, encodeAck, type FrameHeader } from '../../server/protocol/frame.ts';
import { protocolVersion } from '../../server/protocol/messages.ts';
import { Page } from '../control/live.ts';
import { writeBarePages } from './bare-pages.ts';
import { PhotographCamera } from './photograph-camera.ts';

const portrait = join(packageRoot, '../shared/portraits/01-webmorph.jpg');
const hasPortrait = existsSync(portrait);
if (!hasPortrait) console.log(`The whole visit is skipped: ${portrait} is missing.`);

let folder: string;
let port: number;
let photograph: Uint8Array = new Uint8Array();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'live-'));
  await writeBarePages(folder);
  port = await freePort();
  if (hasPortrait) photograph = await readFile(portrait);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = (extra = ''): Promise<Live> =>
  startLive({
    config: parseConfig(
      `server: {host: 127.0.0.1, port: ${port}, pin: "4711"}
osc: {enabled: false}
live: {pace: 5, hold: 2, countdown: 0, attractPace: 2}
${extra}`,
      'installation.yaml',
    ),
    folder,
    pages: join(folder, 'pages'),
    createCamera: () => new PhotographCamera(photograph),
  });

const page = (role: string, hello: object = {}) =>
  new Page(port, { protocol: protocolVersion, role, client: `client-of-${role}`, ...hello }, {});

function watchWall(query = '?size=512'): { headers: FrameHeader[]; socket: WebSocket; opened: Promise<unknown> } {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/frames${query}`);
  const headers: FrameHeader[] = [];
  socket.on('error', () => {});
  socket.on('message', (data: Buffer) => {
    const frame = decodeFrame(data);
    if (!frame.ok) return;
    headers.push(frame.value.header);
    socket.send(encodeAck(frame.value.header.sequence));
  });
  return { headers, socket, opened: new Promise((resolve) => socket.once('open', resolve)) };
}

let attempts = 0;

describe('the piece, with the real engine', () => {
  it.skipIf(!hasPortrait)('leads a visitor from consent to arrived, and lets them delete their face', async () => {
    // A second try begins with nobody, too.
    const live = await start(`chain: {folder: visit-${++attempts}}`);
    const wall = watchWall('?size=512&client=client-of-display');
    const tablet = page('visitor');
    const curator = page('curator', { pin: live.pin });
    try {
      await tablet.until(({ state }) => state);
      await curator.until(({ state }) => state?.curator?.engine.level === 'good', 60_000);
      page('display').close();
      for (const type of ['begin', 'consent', 'capture']) {
        expect((await tablet.command({ type })).status, type).not.toBe('refused');
      }
      await tablet.until(({ state }) => state?.visit?.portrait);
      const shown = await fetch(`${live.address.slice(0, -1)}${tablet.state?.visit?.portrait}`);
      expect(shown.headers.get('content-type')).toBe('image/jpeg');

      await tablet.command({ type: 'keep' });
      await tablet.until(({ state }) => state?.visit?.receipt);
      await expect.poll(() => wall.headers.some(({ kind }) => kind === 'face')).toBe(true);
      await curator.command({ type: 'set', key: 'pace', value: 15 });
      await tablet.until(({ state }) => state?.state === 'arrived', 90_000);
      const { progress } = tablet.state?.visit ?? {};
      // Hundreds where nothing else runs; a starved machine makes few, and still arrives.
      expect(progress?.step).toBeGreaterThan(1);
      expect(progress?.likeness).toBeGreaterThan(0);
      expect(wall.headers.at(-1)).toMatchObject({ kind: 'face', visitor: 1, width: 256 });

      await tablet.until(({ state }) => state?.farewell && state.chain.length === 1);
      const { receiptLink } = tablet.state?.farewell ?? {};
      const receipt = await fetch(receiptLink ?? '');
      expect(receipt.status).toBe(200);
      const [{ id }] = tablet.state?.chain ?? [];
      const picture = await fetch(`${live.address}faces/${id}/final.webp`);
      expect(picture.headers.get('content-type')).toBe('image/webp');
      expect((await fetch(shown.url)).status).toBe(404);

      await fetch(`${receiptLink}/forget`, { method: 'POST' });
      await tablet.until(({ state }) => state?.chain.length === 0);
      expect((await fetch(`${live.address}faces/${id}/final.webp`)).status).toBe(404);
      const health = await (await fetch(`${live.address}health`)).json();
      expect(health).toMatchObject({ visitors: 1, engine: { level: 'good' } });
      expect(Object.keys(health.camera)).toEqual(['level', 'since', 'fps']);
      expect(tablet.missed + curator.missed).toBe(0);
    } finally {
      for (const one of [tablet, curator]) one.close();
      wall.socket.terminate();
      await live.stop();
    }
  });

  it.skipIf(!hasPortrait)(
    'ends the visit at once when its face is deleted while it becomes',
    async () => {
      const live = await start('chain: {folder: deleted}');
      const tablet = page('visitor');
      try {
        await tablet.until(({ state }) => state);
        await expect.poll(() => live.engine.health.level, { timeout: 60_000 }).toBe('good');
        for (const type of ['begin', 'consent', 'capture']) await tablet.command({ type });
        await tablet.until(({ state }) => state?.visit?.portrait);
        await tablet.command({ type: 'keep' });
        await tablet.until(({ state }) => (state?.visit?.progress?.step ?? 0) > 2);
        const { receiptLink, portrait, visitor } = tablet.state?.visit ?? {};
        expect((await fetch(`${receiptLink}/forget`, { method: 'POST' })).status).toBe(200);
        await tablet.until(({ state }) => state?.state === 'attract' && state.visit === null);
        expect(tablet.state?.farewell).toBeNull();
        expect((await fetch(`${live.address.slice(0, -1)}${portrait}`)).status).toBe(404);
        const wall = watchWall('?size=512&client=client-of-late-display');
        await expect.poll(() => wall.headers.length).toBeGreaterThan(3);
        wall.socket.terminate();
        expect(wall.headers.map(({ kind }) => kind)).not.toContain('face');
        const said = live.log.lines.map(({ message }) => message);
        expect(said).toContain(`Face ${visitor} was deleted: the visit has ended.`);
        expect(said.join()).not.toMatch(/has arrived|broke off/);
      } finally {
        tablet.close();
        await live.stop();
      }
    },
    120_000,
  );

  it('remembers over a restart what was changed, and counts on', async () => {
    const before = await start('pack: default');
    const curator = page('curator', { pin: '4711' });
    await curator.until(({ state }) => state);
    await curator.command({ type: 'set', key: 'hold', value: 33 });
    await curator.command({ type: 'preset.save', name: 'Night' });
    const { visitors } = await (await fetch(`${before.address}health`)).json();
    curator.close();
    await before.stop();
    const after = await start();
    const again = page('curator', { pin: '4711' });
    await again.until(({ state }) => state);
    expect(again.state?.parameters.hold).toBe(33);
    expect(again.state?.curator?.presets.map(({ name }) => name)).toEqual(['Night']);
    expect((await (await fetch(`${after.address}health`)).json()).visitors).toBe(visitors);
    again.close();
    await after.stop();
  });

  it('says clearly what keeps it from starting, and leaves nothing open', async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({ code: 'CHAIN_IN_USE' });
    await expect(start('chain: {folder: other}')).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    await first.stop();
    await expect(start('pack: nowhere')).rejects.toMatchObject({ code: 'PACK_MISSING' });
    const second = await start('chain: {folder: other}');
    await second.stop();
  });

  it('shows previews to nobody but the tablet that leads the visit', async () => {
    const live = await start();
    const tablet = page('visitor');
    await tablet.until(({ state }) => state);
    const knock = (client: string, headers = {}) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/preview?client=${client}`, { headers });
        socket.once('open', () => resolve('open'));
        socket.once('error', (error) => resolve(error.message));
        socket.once('close', () => socket.terminate());
      });
    expect(await knock('client-of-visitor')).toContain('403');
    // The engine is still starting: that is no reason to turn a visitor away.
    expect((await tablet.command({ type: 'begin' })).status).toBe('done');
    expect(await knock('somebody-else')).toContain('403');
    expect(await knock('client-of-visitor', { 'x-forwarded-for': '192.168.1.77' })).toContain('403');
    expect(await knock('client-of-visitor')).toBe('open');
    tablet.close();
    await live.stop();
  });
});
