import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChain } from '../../server/chain/chain.ts';
import { decodeImage } from '../../server/image/decode.ts';
import { orderOf } from '../engine/tiny-pack.ts';
import { browserMissing } from './browser.ts';
import { acknowledged, enterPin, goTo } from './curator-desk.ts';
import { type Look, look, until } from './look.ts';
import { drawnFace } from './pictures.ts';
import { RealPiece, realPin } from './real-piece.ts';
import { press } from './tablet-stage.ts';

/** The curator's page in front of the whole piece: nothing here is a stand-in but the camera's picture. */
describe.skipIf(browserMissing)('the curator’s page, on the real piece', () => {
  let piece: RealPiece;

  // A piece for each, so that a test that is tried again finds nothing it changed before.
  beforeEach(async () => {
    piece = await RealPiece.set({ prepare: (folder) => fillChain(join(folder, 'chain'), 3) });
  });
  afterEach(() => piece?.strike());

  async function openDesk(): Promise<Page> {
    const page = await piece.open('/curator');
    await enterPin(page, realPin);
    await page.getByRole('tablist').waitFor();
    return page;
  }

  const number = (page: Page, name: string) => page.getByRole('textbox', { name: new RegExp(`^${name}`) });

  it('changes the piece, and what was changed survives a restart without a line of the curator’s file', async () => {
    const file = await readFile(piece.configFile, 'utf8');
    const wall = await piece.open('/?name=left', { viewport: { width: 640, height: 360 } });
    const page = await openDesk();

    await goTo(page, 'Displays');
    const display = page.getByRole('region', { name: 'Display left' });
    await display.getByText('640 × 360 px').waitFor({ timeout: 20_000 });
    await display.getByText(/[1-9][\d.]* pictures a second/).waitFor({ timeout: 20_000 });
    await display.getByText(/\d+ of \d+ \(/).waitFor();
    const thumbnail = display.getByRole('img', { name: 'What the display left shows' });
    await until('the display’s thumbnail', () =>
      thumbnail
        .evaluate((node) => (node instanceof HTMLImageElement ? node : node.querySelector('img'))?.naturalWidth ?? 0)
        .then((width) => width > 100),
    );

    await display.getByRole('button', { name: 'Mapping' }).click();
    await page.getByRole('button', { name: /^Top left corner/ }).focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('button', { name: 'Top left corner, 10, 0 px' }).waitFor();
    await page.getByRole('switch', { name: 'Test pattern' }).click();
    await until('the test pattern', async () => showsGreys(await look(wall)));
    await page.getByRole('switch', { name: 'Test pattern' }).click();
    await until('the faces again', async () => !showsGreys(await look(wall)));

    await goTo(page, 'Controls');
    await number(page, 'Pace').fill('75');
    await page.keyboard.press('Enter');
    await acknowledged(page, 'Pace');
    await goTo(page, 'Presets');
    await page.getByRole('textbox', { name: 'Name of the preset' }).fill('Night');
    await page.keyboard.press('Enter');
    await acknowledged(page, 'Night');

    await goTo(page, 'Chain');
    await page.getByRole('button', { name: 'Face 2' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'For good?' }).click();
    await page.getByRole('button', { name: 'Face 2' }).waitFor({ state: 'detached' });
    await goTo(page, 'Log');
    await page.getByText('A face was deleted.').waitFor();

    // The page finds its way back by itself.
    await piece.live.stop();
    await page.getByText('The connection is lost.').waitFor();
    await piece.start();
    await page.getByText('The connection is lost.').waitFor({ state: 'detached', timeout: 20_000 });
    expect(await readFile(piece.configFile, 'utf8')).toBe(file);
    await goTo(page, 'Controls');
    await until('the pace of before', async () => (await number(page, 'Pace').inputValue()) === '75');
    await goTo(page, 'Chain');
    await page.getByRole('button', { name: 'Face 3' }).waitFor();
    expect(await page.getByRole('button', { name: 'Face 2' }).count()).toBe(0);
    await goTo(page, 'Displays');
    await page
      .getByRole('region', { name: 'Display left' })
      .getByRole('button', { name: 'Mapping' })
      .click({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Top left corner, 10, 0 px' }).waitFor();

    await goTo(page, 'Controls');
    await number(page, 'Pace').fill('20');
    await page.keyboard.press('Enter');
    await acknowledged(page, 'Pace');
    await goTo(page, 'Presets');
    await page.getByRole('button', { name: 'Recall' }).click();
    await acknowledged(page, 'Recall “Night” done');
    expect(piece.live.installation.state.settings.hold).toBe(15);
    await goTo(page, 'Controls');
    await until('the preset’s pace', async () => (await number(page, 'Pace').inputValue()) === '75');
  }, 120_000);

  it('says within three seconds that a camera freezes, sees only black or is gone, and that it is back', async () => {
    const tablet = await piece.open('/visitor', {}, standInCamera);
    const page = await openDesk();
    await until('a tablet that lends its camera', () => piece.live.camera.health.level === 'good');
    await until('the engine', () => piece.live.engine.health.level === 'good');
    await press(tablet, 'Begin');
    await press(tablet, 'Yes, I agree');
    await tablet.locator('[data-screen=framing]').waitFor();
    const health = page.getByRole('region', { name: 'Health' }).or(page.locator('main'));
    await until('previews', () => (piece.live.camera.health.fps ?? 0) > 2);

    for (const [state, words] of [
      ['frozen', 'The camera gives the same picture again and again.'],
      ['black', 'The camera sees only black.'],
      ['gone', 'is used by another program or has gone'],
    ] as const) {
      await tablet.evaluate((value) => Object.assign(window, { cameraIs: value }), state);
      const since = Date.now();
      await health.getByText(words).first().waitFor({ timeout: 10_000 });
      const seconds = (Date.now() - since) / 1_000;
      console.log(`${state}: said on the curator's page after ${seconds.toFixed(1)} s`);
      // Three seconds by the clock of test/camera/picture-watch.test.ts; here other programs want the processor too.
      expect(seconds).toBeLessThan(5);
      await tablet.evaluate(() => Object.assign(window, { cameraIs: 'well' }));
      await page
        .getByRole('heading', { name: /Camera works/ })
        .or(page.getByText(/Camera works/))
        .first()
        .waitFor({ timeout: 15_000 });
    }
    await goTo(page, 'Log');
    await page.getByText('Camera: The camera sees only black.').waitFor();
    await page.getByText('The camera works again.').first().waitFor();
  }, 120_000);
});

/** Whether a wall of 16 to 9 shows the test pattern: its row of greys, black to white, as no face has it. */
function showsGreys(seen: Look): boolean {
  const greys = [0.33, 0.42, 0.5, 0.58, 0.67].map((x) => seen.brightness(x - 0.003, 0.735, 0.006, 0.015));
  return greys[0] < 40 && greys[4] > 200 && greys.every((grey, i) => i === 0 || grey > greys[i - 1] + 15);
}

/** Runs in the tablet: a camera that is well, frozen, black or gone, as `window.cameraIs` says. */
function standInCamera(): void {
  const world = window as unknown as { cameraIs: 'well' | 'frozen' | 'black' | 'gone' };
  world.cameraIs = 'well';
  const streams: MediaStream[] = [];
  navigator.mediaDevices.getUserMedia = async () => {
    if (world.cameraIs === 'gone') throw new DOMException('', 'NotReadableError');
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    const stream = canvas.captureStream(15);
    streams.push(stream);
    const draw = () => {
      const noise = Math.floor(Math.random() * 40);
      if (world.cameraIs === 'well') {
        context.fillStyle = `rgb(${180 + noise} 150 ${120 + noise})`;
        context.fillRect(0, 0, 640, 480);
        context.fillStyle = '#222';
        context.fillRect(Math.random() * 600, Math.random() * 440, 40, 40);
      } else if (world.cameraIs === 'black') {
        context.fillStyle = `rgb(0 0 ${noise % 4})`;
        context.fillRect(0, 0, 640, 480);
      } else if (world.cameraIs === 'gone') {
        for (const track of stream.getTracks()) {
          track.stop();
          track.dispatchEvent(new Event('ended'));
        }
        return;
      }
      setTimeout(draw, 60);
    };
    draw();
    return stream;
  };
}

/** A chain of faces that another network made: enough to be seen and deleted. */
async function fillChain(folder: string, count: number): Promise<void> {
  const chain = await openChain({ folder, keepPortraits: false, forgetAfter: 0 });
  const pack = { name: 'other', sha256: 'a'.repeat(64), resolution: 128, numWs: 2, wDim: 3 };
  for (let visitor = 1; visitor <= count; visitor++) {
    const image = await decodeImage({ name: 'face', bytes: await drawnFace(visitor, 128, 128) });
    const { record } = await chain.begin(orderOf(visitor, image, 5), pack, null);
    await record.append({ step: 0, done: 1, loss: 0.1, likeness: 0.8, ws: new Float32Array(6), noise: null });
    await chain.finish(record, image, 'arrived');
  }
  await chain.close();
}
