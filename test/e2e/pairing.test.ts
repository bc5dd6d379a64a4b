import { readFile, writeFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../server/protocol/routes.ts';
import { browserMissing } from './browser.ts';
import { acknowledged, enterPin, goTo } from './curator-desk.ts';
import { forwardTo } from './forwarding-proxy.ts';
import { until } from './look.ts';
import { RealPiece, realPin } from './real-piece.ts';
import { audit, heading, overhang, press, sizes } from './tablet-stage.ts';

describe.skipIf(browserMissing)('a browser from elsewhere', () => {
  let piece: RealPiece;
  let proxy: Awaited<ReturnType<typeof forwardTo>>;

  beforeAll(async () => {
    piece = await RealPiece.set();
    proxy = await forwardTo(piece.port);
  });
  afterAll(async () => {
    // The browser first: a proxy ends when its last connection does.
    await piece?.strike();
    await proxy?.close();
  });

  const open = (options = {}): Promise<Page> => piece.open(routes.visitor, { ...options }, undefined, proxy.origin);
  const pinAsked = 'This page belongs to the tablet beside the wall';
  const give = async (page: Page, pin: string) => {
    await page.getByLabel('PIN').fill(pin);
    await press(page, 'Open');
  };

  it('is asked for the PIN, on every screen and without barriers', async () => {
    for (const [name, viewport] of Object.entries({ ...sizes, side: { width: 844, height: 390 } })) {
      const page = await open({ viewport, bypassCSP: true });
      await heading(page, pinAsked);
      expect(await overhang(page), name).toBe(0);
      await audit(page, `pairing-${name}`);
    }
    await piece.clear();
  });

  it('cannot lead a visit, see a camera or lend one, whatever it sends', async () => {
    const page = await open();
    await heading(page, pinAsked);
    const knocks = await page.evaluate(
      (paths) =>
        Promise.all(
          paths.map(
            (path) =>
              new Promise<string>((resolve) => {
                const socket = new WebSocket(new URL(path, location.href.replace(/^http/, 'ws')));
                socket.onopen = () => resolve('open');
                socket.onerror = () => resolve('refused');
              }),
          ),
        ),
      [`${routes.camera}?v=1&client=stranger-1`, `${routes.preview}?client=stranger-1`, routes.frames],
    );
    expect(knocks).toEqual(['refused', 'refused', 'refused']);
    await piece.clear();
  });

  describe('that shows the wall', () => {
    const codeOn = async (page: Page) => ((await page.locator('.code').textContent()) ?? '').replace(/\D/g, '');
    const desk = async (origin?: string): Promise<Page> => {
      const page = await piece.open(routes.curator, { bypassCSP: true }, undefined, origin);
      await enterPin(page, realPin);
      await page.getByRole('tablist').waitFor();
      await goTo(page, 'Devices');
      return page;
    };
    const wall = (options = {}) => piece.open(`${routes.display}?name=left`, options, undefined, proxy.origin);

    it('shows a code first, on every screen and without barriers', async () => {
      const { phone, narrow, landscape } = sizes;
      const big = { wall: { width: 1920, height: 1080 }, upright: { width: 1080, height: 1920 } };
      const screens = { phone, narrow, landscape, side: { width: 844, height: 390 }, ...big };
      for (const [name, viewport] of Object.entries(screens)) {
        const page = await wall({ viewport, bypassCSP: true });
        // It would load itself again while it is looked at.
        await page.route('**/?name=left', async (route) => {
          const response = await route.fetch();
          const { refresh: _, ...headers } = response.headers();
          await route.fulfill({ response, headers });
        });
        await page.reload();
        await heading(page, 'This screen is not paired yet');
        expect(await overhang(page), name).toBe(0);
        await audit(page, `pairing-wall-${name}`);
        await page.context().close();
      }
    });

    it('becomes the wall when a curator types the code in, and stops being it when it is removed', async () => {
      const display = await wall({ viewport: { width: 1280, height: 720 } });
      await display.locator('.code').waitFor();
      const curator = await desk();
      await curator.getByText(/(is|are) waiting:/).waitFor();
      await audit(curator, 'curator-devices-waiting');
      await curator.getByLabel('Code on the display').fill(await codeOn(display));
      await press(curator, 'Pair');
      await acknowledged(curator, 'Pair a display');
      await display.locator('#wall canvas').waitFor({ timeout: 20_000 });
      const card = curator.getByRole('region', { name: 'left' });
      await card.getByText('connected now').waitFor();
      await card.getByRole('button', { name: 'Rename' }).click();
      await card.getByRole('textbox', { name: 'New name of left' }).fill('Foyer');
      await card.getByRole('button', { name: 'Save' }).click();
      await audit(curator, 'curator-devices');
      const renamed = curator.getByRole('region', { name: 'Foyer' });
      await renamed.getByRole('button', { name: 'Remove' }).click();
      await renamed.getByRole('button', { name: 'Remove, really?' }).click();
      await acknowledged(curator, 'Remove a device');
      await display.locator('.code').waitFor({ timeout: 20_000 });
      await piece.clear();
    });

    it('takes the PIN in place of a curator', async () => {
      const display = await wall();
      await display.getByRole('link', { name: 'Give the PIN here instead' }).click();
      await give(display, '246814');
      await display.getByText('That is not the PIN.').waitFor();
      await give(display, realPin);
      await display.locator('#wall canvas').waitFor({ timeout: 20_000 });
      expect(new URL(display.url()).search).toBe('?name=left');
      await piece.clear();
    });

    it('lets a curator elsewhere in by the PIN, with pictures, and out when their device is removed', async () => {
      const curator = await desk(proxy.origin);
      await curator.reload();
      await curator.getByRole('tablist').waitFor();
      await goTo(curator, 'Devices');
      const own = curator.getByRole('region', { name: /Chrom/ }).filter({ hasText: 'Curator’s device' });
      await own.getByRole('button', { name: 'Remove' }).click();
      await own.getByRole('button', { name: 'Remove, really?' }).click();
      await curator.getByText('This device is not known to the piece (any more).').waitFor({ timeout: 20_000 });
      await enterPin(curator, realPin);
      await curator.getByRole('tablist').waitFor();
      await piece.clear();
    });
  });

  it('becomes a tablet by the PIN, stays one, and is asked again when the PIN has changed', async () => {
    const page = await open();
    await give(page, '9999');
    await page.getByText('That is not the PIN.').waitFor();
    await give(page, realPin);
    await heading(page, 'Become the next face');
    await press(page, 'Begin');
    await press(page, 'Yes, I agree');
    await page.locator('[data-screen=framing]').waitFor();
    await until('its camera', () => piece.live.camera.health.level === 'good');
    await press(page, 'Leave');
    await page.reload();
    await heading(page, 'Become the next face');
    await piece.live.stop();
    await writeFile(piece.configFile, (await readFile(piece.configFile, 'utf8')).replace(realPin, '135790'));
    await piece.start();
    await heading(page, pinAsked);
    await give(page, '135790');
    await heading(page, 'Become the next face');
  });
});
