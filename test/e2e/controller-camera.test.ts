import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { InstallationState, Visit } from '../../server/protocol/snapshot.ts';
import { sampleState, sampleVisit } from '../controller/sample-state.ts';
import { browserMissing } from './browser.ts';
import { audit, heading, pause, press, redAt, soon, TabletStage } from './tablet-stage.ts';

describe.skipIf(browserMissing)('the camera of the visitors’ tablet', () => {
  let stage: TabletStage;

  beforeAll(async () => {
    stage = await TabletStage.set();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage?.strike());

  const change = (changes: Partial<InstallationState>) => stage.fake.change(changes);
  const visit = (changes: Partial<Visit> = {}) => sampleVisit(changes);

  const liveTracks = (page: Page) =>
    page.evaluate(
      () => (window as unknown as { tracks: MediaStreamTrack[] }).tracks.filter((t) => t.readyState === 'live').length,
    );
  const before = () => {
    const tracks: MediaStreamTrack[] = [];
    Object.assign(window, { tracks });
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
      const stream = await real(wish);
      tracks.push(...stream.getTracks());
      return stream;
    };
  };

  it('is off but for those who have agreed, and until their portrait is made', async () => {
    const page = await stage.open('/visitor', { before });
    await soon(() => expect(stage.fake.streams.reports).toHaveLength(1));
    // Even where the server asks for pictures.
    stage.fake.streams.order({ type: 'start', fps: 10, side: 320 });
    stage.fake.streams.order({ type: 'still', id: 1, side: 320 });
    await soon(async () => expect(await liveTracks(page)).toBe(0));
    change({ state: 'greet', visit: visit() });
    await pause(200);
    expect(await liveTracks(page)).toBe(0);
    expect(stage.fake.streams.pictures).toHaveLength(0);
    change({ state: 'framing', visit: visit() });
    await soon(async () => expect(await liveTracks(page)).toBe(1));
    change({ state: 'becoming', visit: visit({ visitor: 8 }) });
    await soon(async () => expect(await liveTracks(page)).toBe(0));
    // Another tablet's visitor is nobody this one may look at.
    change({ state: 'framing', visit: visit({ mine: false }) });
    await pause(200);
    expect(await liveTracks(page)).toBe(0);
  });

  it('is a mirror to its visitor where the installation says so, and sends what is true', async () => {
    const page = await stage.open('/visitor', { before });
    for (const mirror of [true, false]) {
      change({ state: 'framing', visit: visit(), settings: { ...sampleState().settings, mirror } });
      await soon(async () => {
        const oval = await page.locator('.oval').screenshot();
        expect([await redAt(oval, mirror ? 0.65 : 0.29), await redAt(oval, mirror ? 0.29 : 0.65)]).toEqual([
          true,
          false,
        ]);
      });
    }
  });

  it('is asked for again when the tablet wakes and it is gone', async () => {
    const page = await stage.open('/visitor', { before });
    await soon(() => expect(stage.fake.streams.reports).toHaveLength(1));
    change({ state: 'framing', visit: visit() });
    await soon(async () => expect(await liveTracks(page)).toBe(1));
    await page.evaluate(() => {
      // As iOS does while the tablet sleeps: no event, only a dead track.
      for (const track of (window as unknown as { tracks: MediaStreamTrack[] }).tracks) track.stop();
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await soon(async () => expect(await liveTracks(page)).toBe(1));
  });

  it('that is taken away in the middle is said, and comes back by itself', async () => {
    const page = await stage.open('/visitor', { before });
    await soon(() => expect(stage.fake.streams.reports).toHaveLength(1));
    change({ state: 'framing', visit: visit() });
    await soon(async () => expect(await liveTracks(page)).toBe(1));
    await page.evaluate(() => {
      for (const track of (window as unknown as { tracks: MediaStreamTrack[] }).tracks) {
        track.stop();
        track.dispatchEvent(new Event('ended'));
      }
    });
    await page.getByText('Something else is using the camera.').waitFor();
    await soon(() => expect(stage.fake.streams.reports).toContainEqual(expect.objectContaining({ trouble: 'lost' })));
    await heading(page, 'Look into the camera');
    await soon(async () => expect(await liveTracks(page)).toBe(1));
    await page.getByText('Something else is using the camera.').waitFor({ state: 'detached' });
  });

  it('that is refused says what staff can do, and works once they have', async () => {
    const page = await stage.open('/visitor', {
      before: () => {
        const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        Object.assign(window, { denied: true });
        navigator.mediaDevices.getUserMedia = (wish) =>
          (window as unknown as { denied: boolean }).denied
            ? Promise.reject(new DOMException('Permission denied', 'NotAllowedError'))
            : real(wish);
      },
    });
    await page.getByText('This tablet may not use its camera.').waitFor();
    await page.getByText('Allow the camera for this page in the browser’s settings').waitFor();
    await audit(page, 'visitor-camera-denied');
    await soon(() => expect(stage.fake.streams.reports.at(-1)).toMatchObject({ trouble: 'denied' }));
    change({ state: 'framing', visit: visit() });
    await heading(page, 'Look into the camera');
    await audit(page, 'visitor-camera-denied-framing');
    await page.evaluate(() => Object.assign(window, { denied: false }));
    await press(page, 'Try again');
    await page.locator('.own-camera video').waitFor();
    await soon(() => expect(stage.fake.streams.reports.at(-1)).toMatchObject({ type: 'ready' }));
  });

  it('on a page that is not over https explains that, and a missing one too', async () => {
    const { port } = new URL(stage.origin);
    const insecure = await stage.open('/visitor', { origin: `http://tablet.museum:${port}` });
    await insecure.getByText('Browsers lend the camera only over https').waitFor();
    const missing = await stage.open('/visitor', {
      before: () => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'));
      },
    });
    await missing.getByText('This tablet finds no camera.').waitFor();
  });

  it('is not wanted where the installation has another one: its preview comes from the server', async () => {
    const page = await stage.open('/visitor', { before });
    const picture = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#00c000' } })
      .jpeg()
      .toBuffer();
    stage.fake.streams.show('/preview', picture, 640, 480);
    change({ cameraDriver: 'device', state: 'framing', visit: visit() });
    const canvas = page.getByRole('img', { name: 'Your picture in the camera' });
    await canvas.waitFor();
    await soon(async () => {
      const { data } = await sharp(await canvas.screenshot())
        .resize(1, 1)
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(data[1]).toBeGreaterThan(2 * data[0]);
    });
    await soon(async () => expect(await liveTracks(page)).toBe(0));
    const query = [...stage.fake.streams.viewers].find(({ path }) => path === '/preview')?.query;
    expect(query?.get('client')).toMatch(/^[0-9a-f]{32}$/);
  });
});
