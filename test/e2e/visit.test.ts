import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../server/bench/free-port.ts';
import { packageRoot } from '../../server/paths.ts';
import { hasReference, sharedPath } from '../reference.ts';
import { browserMissing, launchBrowser } from './browser.ts';
import { scan } from './qr-code.ts';
import { filmOf } from './real-piece.ts';

const hasPages = existsSync(join(packageRoot, 'dist/pages/display/index.html'));
if (!hasPages) console.log('The visit is skipped: the pages are not built (npm run build).');
const hasOscsend = existsSync('/usr/bin/oscsend');
if (!hasOscsend) console.log('OSC mid-visit is skipped: oscsend (liblo-tools) is missing.');

const artefacts = join(packageRoot, 'test', 'artefacts');
mkdirSync(artefacts, { recursive: true });

/** A larger wall makes better pictures (docs/images/live.js) and takes longer. */
const [wallWidth, wallHeight] = (process.env.WALL ?? '640x360').split('x').map(Number);

let folder: string;
let port: number;
let oscPort: number;
let piece: ChildProcess;
let browser: Browser;
let output = '';

describe.skipIf(browserMissing !== null || !hasPages || !hasReference)('a whole visit in Chromium', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'familiar-faces-visit-'));
    [port, oscPort] = [await freePort(), await freePort()];
    await writeFile(
      join(folder, 'installation.yaml'),
      `server: {host: 127.0.0.1, port: ${port}, pin: "2468"}\nengine: {runtime: cpu}\nosc: {host: 127.0.0.1, port: ${oscPort}}\nlive: {pace: 40, hold: 20, countdown: 1, captionLanguage: en}\n`,
    );
    await startPiece();
    const camera = join(folder, 'camera.mjpeg');
    await writeFile(camera, await filmOf(sharedPath('portraits/04-webmorph.jpg')));
    browser = await launchBrowser([
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${camera}`,
    ]);
  });

  afterAll(async () => {
    await browser?.close();
    piece?.kill('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  });

  it('goes from consent to arrived, on two walls, one of them restarted, with the pace changed by OSC', async () => {
    const errors: string[] = [];
    const open = async (route: string, width: number, height: number): Promise<Page> => {
      const page = await (await browser.newContext({ viewport: { width, height } })).newPage();
      page.on('pageerror', (error) => errors.push(`${route}: ${error.message}`));
      await page.goto(`http://localhost:${port}${route}`);
      return page;
    };
    const wall = await open(`/?name=left${process.env.WALL ? '&quality=0' : ''}`, wallWidth, wallHeight);
    let second = await open('/?name=right', 320, 180);
    const tablet = await open('/visitor', 834, 1112);
    const says = (text: RegExp, ms = 30_000) => tablet.getByText(text).first().waitFor({ timeout: ms });
    const press = (name: RegExp) => tablet.getByRole('button', { name }).first().click({ timeout: 30_000 });
    const keep = async (name: string) => {
      await wall.screenshot({ path: join(artefacts, `visit-${name}-wall.png`) });
      await tablet.screenshot({ path: join(artefacts, `visit-${name}-tablet.png`) });
    };

    // Attract, with an empty chain: faces of nobody, on both walls.
    await expect.poll(() => brightness(wall), { timeout: 30_000 }).toBeGreaterThan(5);
    await expect.poll(() => brightness(second), { timeout: 30_000 }).toBeGreaterThan(5);
    await says(/Become the next face/);
    await keep('1-attract');

    await press(/Begin/);
    await says(/Hello/);
    await keep('2-greet');
    await press(/agree/);
    await says(/Look into the camera/);
    await says(/Ready when you are/);
    await keep('3-framing');
    await press(/Take my portrait/);
    await says(/Is this you/);
    await keep('4-review');

    const before = await picture(wall);
    await press(/Keep it/);
    await says(/Look at the wall/);
    await expect.poll(async () => difference(before, await picture(wall)), { timeout: 30_000 }).toBeGreaterThan(4);
    await keep('5-becoming');

    if (hasOscsend) {
      // The curator's desk makes it faster; the tablet's clock follows.
      const left = async () => Number(/(\d+) s to go/.exec(await tablet.locator('body').innerText())?.[1] ?? 999);
      const slow = await left();
      execFileSync('oscsend', ['localhost', String(oscPort), '/familiar/pace', 'f', '14']);
      await expect.poll(left, { timeout: 10_000 }).toBeLessThan(Math.min(15, slow));
    }

    // A wall whose computer is switched off and on again shows the same becoming at once.
    await second.context().close();
    second = await open('/?name=right', 320, 180);
    await expect.poll(() => brightness(second), { timeout: 30_000 }).toBeGreaterThan(5);

    await says(/There you are/, 90_000);
    // Words and captions have faded in.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await keep('6-arrived');
    expect(difference(before, await picture(wall))).toBeGreaterThan(8);

    // The receipt: the code on the tablet opens the face on the visitor's own phone, which deletes it for good.
    let link = '';
    await expect
      .poll(async () => (link = (await scan(await tablet.screenshot())) ?? ''))
      .toMatch(/\/receipt\/[\w-]{16,}\?language=en$/);
    const receipt = new URL(link).pathname;
    const phone = await open(receipt, 390, 844);
    await phone.locator('img').waitFor();
    await phone.screenshot({ path: join(artefacts, 'visit-7-receipt.png') });
    await phone.getByRole('button', { name: /Delete my face/ }).click();
    await phone.getByText(/for good/).waitFor();
    await phone.getByRole('button', { name: /Delete my face/ }).click();
    await phone.getByText(/has been deleted/).waitFor();
    expect((await fetch(`http://localhost:${port}${receipt}`)).status).toBe(404);
    expect(await readdir(join(folder, 'chain', 'faces'))).toEqual([]);

    const curator = await open('/curator', 1112, 834);
    await curator.getByRole('textbox').or(curator.locator('input')).first().fill('2468');
    await curator.keyboard.press('Enter');
    await curator
      .getByText(/Blackout/)
      .first()
      .waitFor({ timeout: 30_000 });
    await curator.screenshot({ path: join(artefacts, 'visit-8-curator.png') });
    expect(errors).toEqual([]);
  }, 300_000);

  it('gives a visitor their code when the power was cut while their face became', async () => {
    const tablet = await (await browser.newContext({ viewport: { width: 834, height: 1112 } })).newPage();
    await tablet.goto(`http://localhost:${port}/visitor`);
    const says = (text: RegExp) => tablet.getByText(text).first().waitFor({ timeout: 60_000 });
    for (const name of [/Begin/, /agree/, /Take my portrait/, /Keep it/]) {
      if (name.source === 'Take my portrait') await says(/Ready when you are/);
      await tablet.getByRole('button', { name }).first().click({ timeout: 60_000 });
    }
    await says(/\d+ s to go/);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    piece.kill('SIGKILL');
    await once(piece, 'exit');
    await says(/One moment/);
    await startPiece();
    await says(/There you are/);
    let link = '';
    await expect
      .poll(async () => (link = (await scan(await tablet.screenshot())) ?? ''))
      .toMatch(/\/receipt\/[\w-]{16,}\?language=en$/);
    expect((await fetch(`http://localhost:${port}${new URL(link).pathname}`)).status).toBe(200);
    const face = (await readdir(join(folder, 'chain', 'faces'))).sort().at(-1) ?? '';
    const { ending } = JSON.parse(await readFile(join(folder, 'chain', 'faces', face, 'face.json'), 'utf8'));
    expect(ending).toBe('interrupted');
    await tablet.getByRole('button', { name: /Done/ }).click();
    await says(/Become the next face/);
  }, 240_000);
});

/** Starts the piece as a museum does, and waits for its engine. */
async function startPiece(): Promise<void> {
  output = '';
  piece = spawn(
    process.execPath,
    ['--import', 'tsx', 'server/cli.ts', 'start', '--config', join(folder, 'installation.yaml')],
    { cwd: packageRoot },
  );
  for (const stream of [piece.stdout, piece.stderr]) stream?.on('data', (data) => (output += data));
  for (const end = Date.now() + 90_000; !/The engine is ready/.test(output); ) {
    if (Date.now() > end || piece.exitCode !== null) throw new Error(`the piece did not start:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What a page shows, as a small grey picture. */
async function picture(page: Page): Promise<Uint8Array> {
  return sharp(await page.screenshot())
    .resize(64, 36, { fit: 'fill' })
    .greyscale()
    .raw()
    .toBuffer();
}

async function brightness(page: Page): Promise<number> {
  const pixels = await picture(page);
  return pixels.reduce((sum, v) => sum + v, 0) / pixels.length;
}

/** Mean difference of two small pictures, 0..255. */
const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, v, i) => sum + Math.abs(v - b[i]), 0) / a.length;
