import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCamera } from '../../server/camera/camera.ts';
import { parseConfig } from '../../server/config/read-config.ts';
import { writeMessage } from '../../server/control/osc/packet.ts';
import { type Live, startLive } from '../../server/main.ts';
import { packageRoot } from '../../server/paths.ts';
import { browserMissing, launchBrowser } from './browser.ts';
import { buildPages } from './pages.ts';

const portrait = join(packageRoot, '../shared/portraits/01-webmorph.jpg');
const missing = browserMissing ?? (existsSync(portrait) ? null : `${portrait} is missing`);
if (missing && !browserMissing) console.log(`The visit of the whole piece is skipped: ${missing}.`);

const artefacts = join(packageRoot, 'test/artefacts/live');

/** What Chromium's fake camera shows: a portrait, with the noise that tells a living camera from a frozen one. */
async function fakeCamera(file: string): Promise<void> {
  const { width, height } = { width: 640, height: 480 };
  const still = sharp(portrait).resize(width, height, { fit: 'contain', background: '#777' });
  const pixels = await still.removeAlpha().raw().toBuffer();
  const pictures: Buffer[] = [];
  for (let i = 0; i < 8; i++) {
    const noisy = pixels.map((value, at) => Math.max(0, Math.min(255, value + ((at * 7919 + i * 104_729) % 17) - 8)));
    pictures.push(
      await sharp(noisy, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 90 })
        .toBuffer(),
    );
  }
  await writeFile(file, Buffer.concat(pictures));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

describe.skipIf(missing)('the whole piece in a real browser', () => {
  let folder: string;
  let pages: string;
  let live: Live;
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const broken: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'visit-'));
    await mkdir(artefacts, { recursive: true });
    await fakeCamera(join(folder, 'camera.mjpeg'));
    pages = await buildPages();
    const config = parseConfig(
      JSON.stringify({
        server: { host: '127.0.0.1', port: await freePort(), pin: '4711' },
        osc: { host: '127.0.0.1', port: 20_000 + (process.pid % 10_000) },
        live: { pace: 600, hold: 30, countdown: 1, attractPace: 3 },
      }),
      'installation.yaml',
    );
    live = await startLive({
      config,
      folder,
      pages,
      createCamera: (driver) => createCamera(config.camera, (path) => resolve(folder, path), driver),
    });
    browser = await launchBrowser([
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${join(folder, 'camera.mjpeg')}`,
    ]);
    await live.engine.whenReady();
  });
  afterAll(async () => {
    await browser?.close();
    await live?.stop();
    for (const path of [folder, pages]) await rm(path, { recursive: true, force: true });
  });

  async function open(path: string, width: number, height: number): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height }, permissions: ['camera'], locale: 'en-GB' });
    contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => broken.push(`${path}: ${error.message}`));
    await page.goto(live.address.slice(0, -1) + path);
    return page;
  }

  /** Mean brightness, 0..255, and how much the picture varies. */
  async function look(page: Page, name: string): Promise<{ mean: number; deviation: number }> {
    const picture = await page.screenshot({ path: join(artefacts, `${name}.png`) });
    const { channels } = await sharp(picture).removeAlpha().stats();
    const average = (of: 'mean' | 'stdev') => channels.reduce((sum, channel) => sum + channel[of], 0) / channels.length;
    return { mean: average('mean'), deviation: average('stdev') };
  }

  const press = (page: Page, name: RegExp) => page.getByRole('button', { name }).first().click({ timeout: 30_000 });
  const reaches = (state: string, timeout = 60_000) =>
    expect.poll(() => live.installation.state.name, { timeout, interval: 50 }).toBe(state);

  it('leads from consent to arrived, on two walls, while OSC hurries it and one wall dies', {
    timeout: 240_000,
  }, async () => {
    const tablet = await open('/visitor', 820, 1180);
    const left = await open('/?name=left', 480, 270);
    let right = await open('/?name=right', 480, 270);
    await expect.poll(() => live.camera.health.level, { timeout: 30_000 }).toBe('good');
    await expect
      .poll(async () => (await look(left, 'wall-attract')).deviation, { timeout: 60_000 })
      .toBeGreaterThan(15);

    await press(tablet, /Begin/);
    await press(tablet, /Yes, I agree/);
    await expect
      .poll(() => live.installation.state.visit?.hints.join(), { timeout: 60_000, interval: 50 })
      .toBe('ready');
    await tablet.screenshot({ path: join(artefacts, 'tablet-framing.png') });
    await press(tablet, /Take my portrait/);
    await tablet.getByRole('button', { name: /Keep it/ }).waitFor({ timeout: 30_000 });
    await tablet.screenshot({ path: join(artefacts, 'tablet-review.png') });
    await press(tablet, /Keep it/);
    await reaches('becoming');
    await expect.poll(() => live.installation.state.visit?.progress?.step ?? 0, { timeout: 60_000 }).toBeGreaterThan(0);

    // One wall dies and comes back; the other never goes black.
    await right.close();
    right = await open('/?name=right', 480, 270);
    await expect.poll(async () => (await look(right, 'wall-back')).deviation, { timeout: 60_000 }).toBeGreaterThan(15);
    expect((await look(left, 'wall-becoming')).deviation).toBeGreaterThan(15);

    // Ten minutes become eight seconds, by OSC; the tablet follows.
    const osc = createSocket('udp4');
    osc.send(writeMessage('/familiar/pace', [8]), Number(live.osc?.split(':').at(-1)), '127.0.0.1');
    await tablet.getByText(/^\d s to go$/).waitFor({ timeout: 30_000 });
    osc.close();
    await tablet.screenshot({ path: join(artefacts, 'tablet-becoming.png') });
    await reaches('arrived');
    expect(live.installation.state.visit?.progress?.likeness).toBeGreaterThan(0.3);
    await tablet.getByRole('heading', { name: 'There you are' }).waitFor({ timeout: 30_000 });
    await tablet.screenshot({ path: join(artefacts, 'tablet-arrived.png') });
    await look(left, 'wall-arrived');
    await press(tablet, /Done/);
    await reaches('attract');

    const curator = await open('/curator', 1180, 820);
    await curator.locator('input').first().fill(live.pin);
    await curator.keyboard.press('Enter');
    await curator.getByText('Engine works').waitFor({ timeout: 30_000 });
    await curator.screenshot({ path: join(artefacts, 'curator.png') });
    expect(broken).toEqual([]);
  });
});
