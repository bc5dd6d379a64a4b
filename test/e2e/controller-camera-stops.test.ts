import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sampleVisit } from '../controller/sample-state.ts';
import { browserMissing } from './browser.ts';
import { heading, pause, soon, TabletStage } from './tablet-stage.ts';

/** What a test does to the cameras of a page. */
interface Cameras {
  /** Those opened so far. */
  opened: MediaStreamTrack[];
  /** Cameras give no frames while this is so; each stays as it is once it has stopped. */
  stopped: boolean;
  ended: number;
}
declare const cameras: Cameras;

describe.skipIf(browserMissing)('a tablet’s camera that stops without an event', () => {
  let stage: TabletStage;

  beforeAll(async () => {
    stage = await TabletStage.set();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage?.strike());

  /** Cameras that can stop: canvases that are drawn anew 20 times a second, or not. */
  const before = () => {
    const known: Cameras = { opened: [], stopped: false, ended: 0 };
    Object.assign(window, { cameras: known });
    navigator.mediaDevices.getUserMedia = async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
      const context = canvas.getContext('2d');
      const stream = canvas.captureStream();
      const [track] = stream.getVideoTracks();
      track.addEventListener('ended', () => known.ended++);
      let count = 0;
      const draw = setInterval(() => {
        if (known.stopped) return clearInterval(draw);
        if (context) context.fillStyle = `hsl(${++count * 7}, 50%, 50%)`;
        context?.fillRect(0, 0, 320, 240);
      }, 50);
      known.opened.push(track);
      return stream;
    };
  };

  const openedBy = (page: Page) => page.evaluate(() => cameras.opened.length);
  const liveOf = (page: Page) =>
    page.evaluate(() => cameras.opened.filter(({ readyState }) => readyState === 'live').length);
  const reported = () =>
    stage.fake.streams.reports.map((report) => {
      const { type, trouble } = report as { type: string; trouble?: string };
      return trouble ?? type;
    });

  /** A visitor before the camera. Gives the page and how many times its camera was opened so far. */
  const framing = async (): Promise<{ page: Page; opened: number }> => {
    const page = await stage.open('/visitor', { before });
    await soon(() => expect(reported()).toEqual(['ready']));
    stage.fake.change({ state: 'framing', visit: sampleVisit() });
    await heading(page, 'Look into the camera');
    await soon(async () => expect(await liveOf(page)).toBe(1));
    return { page, opened: await openedBy(page) };
  };

  it('whose frames cease is said and opened again until it works', async () => {
    const { page, opened } = await framing();
    await page.evaluate(() => Object.assign(cameras, { stopped: true }));
    await page.getByText('Something else is using the camera.').waitFor();
    await soon(() => expect(reported()).toContain('lost'));
    // It is tried again, and gives nothing yet.
    await expect.poll(() => openedBy(page), { timeout: 20_000 }).toBeGreaterThan(opened);
    await page.evaluate(() => Object.assign(cameras, { stopped: false }));
    await expect.poll(() => reported().at(-1), { timeout: 20_000 }).toBe('ready');
    await page.locator('.own-camera video').waitFor();
    expect(await liveOf(page)).toBe(1);
    expect(await page.evaluate(() => cameras.ended)).toBe(0);
    stage.fake.streams.order({ type: 'start', fps: 10, side: 320 });
    await soon(() => expect(stage.fake.streams.pictures.length).toBeGreaterThan(2));
  }, 60_000);

  it('whose track is dead is opened again, whether or not the tablet wakes', async () => {
    const { page, opened } = await framing();
    await page.evaluate(() => {
      for (const track of cameras.opened) track.stop();
    });
    await soon(async () => expect(await openedBy(page)).toBe(opened + 1));
    await soon(async () => expect(await liveOf(page)).toBe(1));
    await page.getByText('Something else is using the camera.').waitFor({ state: 'detached' });
  });

  it('whose video the browser paused goes on without being opened again', async () => {
    const { page, opened } = await framing();
    await page.locator('.own-camera video').waitFor();
    await page.evaluate(() => document.querySelector('video')?.pause());
    await soon(async () => expect(await page.evaluate(() => document.querySelector('video')?.paused)).toBe(false));
    // Longer than it takes to find a camera stopped.
    await pause(4_500);
    expect(await openedBy(page)).toBe(opened);
    expect(reported()).not.toContain('lost');
  });

  it('whose pictures the server finds frozen is opened again', async () => {
    const { page, opened } = await framing();
    stage.fake.change({ trouble: 'camera' });
    await expect.poll(() => openedBy(page), { timeout: 30_000 }).toBeGreaterThan(opened);
    await soon(async () => expect(await liveOf(page)).toBe(1));
    stage.fake.change({ trouble: null });
    await heading(page, 'Look into the camera');
  });
});
