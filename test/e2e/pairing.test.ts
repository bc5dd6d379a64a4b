import { readFile, writeFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../server/protocol/routes.ts';
import { browserMissing } from './browser.ts';
import { forwardTo } from './forwarding-proxy.ts';
import { until } from './look.ts';
import { RealPiece } from './real-piece.ts';
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
    expect(knocks).toEqual(['refused', 'refused', 'open']);
    await piece.clear();
  });

  it('becomes a tablet by the PIN, stays one, and is asked again when the PIN has changed', async () => {
    const page = await open();
    await give(page, '9999');
    await page.getByText('That is not the PIN.').waitFor();
    await give(page, '246813');
    await heading(page, 'Become the next face');
    await press(page, 'Begin');
    await press(page, 'Yes, I agree');
    await page.locator('[data-screen=framing]').waitFor();
    await until('its camera', () => piece.live.camera.health.level === 'good');
    await press(page, 'Leave');
    await page.reload();
    await heading(page, 'Become the next face');
    await piece.live.stop();
    await writeFile(piece.configFile, (await readFile(piece.configFile, 'utf8')).replace('246813', '135790'));
    await piece.start();
    await heading(page, pinAsked);
    await give(page, '135790');
    await heading(page, 'Become the next face');
  });
});
