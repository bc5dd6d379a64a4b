import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { videoCodecs } from '../../server/media/codecs.ts';
import { openVideo } from '../../server/media/video-writer.ts';
import { browserMissing, launchBrowser } from '../e2e/browser.ts';
import { plain } from './pictures.ts';
import { writeSampleFilm } from './sample-film.ts';

const hostile = '<img src=x onerror="document.title=\'broken into\'"> & "Zoë"';
const colours = [
  [196, 144, 118],
  [52, 60, 92],
  [200, 40, 50],
  [40, 170, 70],
];

describe.skipIf(browserMissing)('in Chromium', () => {
  let browser: Browser;
  let server: Server;
  let folder: string;
  let address: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'media-'));
    await writeSampleFilm(folder, ['Amara', hostile, 'Kenji 山田']);
    for (const codec of videoCodecs) {
      const writer = await openVideo(join(folder, `${codec}.mp4`), { width: 128, height: 128, fps: 2, codec });
      for (const colour of colours) await writer.write(plain(128, 128, colour));
      await writer.finish();
    }
    server = createServer(async (request, response) => {
      const name = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
      const bytes = name === '/' ? '<!doctype html>' : await readFile(join(folder, name)).catch(() => undefined);
      response.writeHead(bytes ? 200 : 404, { 'content-type': name.endsWith('.mp4') ? 'video/mp4' : 'text/html' });
      response.end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launchBrowser(['--autoplay-policy=no-user-gesture-required']);
  });

  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  describe('a video', () => {
    it.each(videoCodecs)('in %s plays, and shows the colours that were written', async (codec) => {
      const page = await browser.newPage();
      await page.goto(`${address}/`);
      const seen = await page.evaluate(
        async ({ source, count }) => {
          const video = document.createElement('video');
          video.muted = true;
          // As a blob it can be wound, which this server's plain answers do not allow.
          video.src = URL.createObjectURL(await (await fetch(source)).blob());
          await new Promise((resolve, reject) => {
            video.oncanplaythrough = resolve;
            video.onerror = () => reject(new Error(video.error?.message));
          });
          const canvas = Object.assign(document.createElement('canvas'), { width: 4, height: 4 });
          const context = canvas.getContext('2d', { willReadFrequently: true })!;
          const pixels: number[][] = [];
          for (let i = 0; i < count; i++) {
            video.currentTime = (i + 0.5) / 2;
            await new Promise((resolve) => {
              video.onseeked = resolve;
            });
            // A busy machine says that it is there a little before the picture is: nothing is drawn then, not even black.
            let drawn = [0, 0, 0, 0];
            for (let tries = 0; drawn[3] === 0 && tries < 100; tries++) {
              if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 20));
              context.drawImage(video, 0, 0, 4, 4);
              drawn = [...context.getImageData(2, 2, 1, 1).data];
            }
            context.clearRect(0, 0, 4, 4);
            pixels.push(drawn.slice(0, 3));
          }
          video.currentTime = 0;
          video.playbackRate = 4;
          await video.play();
          await new Promise((resolve) => {
            video.onended = resolve;
          });
          return { pixels, duration: video.duration, time: video.currentTime, width: video.videoWidth };
        },
        { source: `/${codec}.mp4`, count: colours.length },
      );
      expect(seen).toMatchObject({ duration: 2, time: 2, width: 512 });
      seen.pixels.forEach((pixel, i) => {
        pixel.forEach((value, channel) => {
          expect(Math.abs(value - colours[i][channel])).toBeLessThanOrEqual(3);
        });
      });
      await page.close();
    });
  });

  describe('the page of a film', () => {
    async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<{ page: Page; trouble: string[] }> {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
      const trouble: string[] = [];
      page.on('console', (message) => trouble.push(message.text()));
      page.on('pageerror', (error) => trouble.push(String(error)));
      page.on('request', (request) => {
        if (!/^(file|data):/.test(request.url())) trouble.push(request.url());
      });
      await page.goto(pathToFileURL(join(folder, 'index.html')).href);
      return { page, trouble };
    }
    const videoState = (page: Page, selector: string) =>
      page.$eval(selector, (element) => {
        const { paused, currentTime, videoWidth, controls, loop } = element as HTMLVideoElement;
        return { paused, currentTime, videoWidth, controls, loop };
      });
    const playing = (page: Page, selector: string) =>
      page.waitForFunction((query) => {
        const video = document.querySelector<HTMLVideoElement>(query);
        return video && !video.paused && video.currentTime > 0;
      }, selector);

    it('plays the film from a disk, marks the face it is at, and asks the network for nothing', async () => {
      const { page, trouble } = await open();
      await playing(page, '.opening video');
      expect((await videoState(page, '.opening video')).videoWidth).toBe(512);
      await page.waitForSelector('.row a[aria-current]');
      // It brings its typeface along.
      const letters = await page.evaluate(async () => [...(await document.fonts.ready)].map(({ status }) => status));
      expect(letters).toEqual(['loaded']);
      // The third face comes after two thirds of the film.
      await page.$eval('.opening video', (video) => {
        (video as HTMLVideoElement).currentTime = 2.3;
      });
      await page.waitForSelector('.row li:nth-child(3) a[aria-current]');
      expect(trouble).toEqual([]);
      await page.close();
    });

    it('plays a becoming while it is seen, and rests at its end', async () => {
      const { page, trouble } = await open();
      const becoming = '#face-2 .becoming video';
      expect((await videoState(page, becoming)).paused).toBe(true);
      await page.$eval('#face-2', (face) => face.scrollIntoView({ behavior: 'instant', block: 'center' }));
      await playing(page, becoming);
      expect(await videoState(page, becoming)).toMatchObject({ controls: false, loop: false });
      await page.waitForFunction((query) => document.querySelector<HTMLVideoElement>(query)?.ended, becoming);
      expect(await page.$eval('#face-2 .scrub', (input) => (input as HTMLInputElement).value)).toBe('200');
      await page.$eval('#face-1', (face) => face.scrollIntoView({ behavior: 'instant' }));
      await page.waitForFunction(() => document.querySelector<HTMLVideoElement>('.opening video')?.paused);
      expect(trouble).toEqual([]);
      await page.close();
    });

    it('is wound by keyboard along its curve', async () => {
      const { page } = await open({ reducedMotion: 'reduce' });
      const scrub = page.locator('#face-1 .scrub');
      await scrub.scrollIntoViewIfNeeded();
      await page.waitForFunction(
        () => (document.querySelector<HTMLVideoElement>('#face-1 .becoming video')?.readyState ?? 0) > 0,
      );
      await scrub.focus();
      await page.keyboard.press('End');
      await page.waitForFunction(
        () => (document.querySelector<HTMLVideoElement>('#face-1 .becoming video')?.currentTime ?? 0) > 0.8,
      );
      await page.keyboard.press('Home');
      await page.waitForFunction(
        () => document.querySelector<HTMLVideoElement>('#face-1 .becoming video')?.currentTime === 0,
      );
      await page.close();
    });

    it('is still for those who want less motion, until they ask', async () => {
      const { page } = await open({ reducedMotion: 'reduce' });
      await page.waitForTimeout(500);
      expect(await videoState(page, '.opening video')).toMatchObject({ paused: true, currentTime: 0 });
      const button = page.getByRole('button', { name: 'Hold still' });
      expect(await button.getAttribute('aria-pressed')).toBe('true');
      await button.click();
      await playing(page, '.opening video');
      await button.click();
      await page.waitForFunction(() => document.querySelector<HTMLVideoElement>('.opening video')?.paused);
      await page.close();
    });

    it('is whole without scripts', async () => {
      const context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(pathToFileURL(join(folder, 'index.html')).href);
      expect(await page.locator('video[controls]').count()).toBe(4);
      expect(await page.locator('.scrub').first().isVisible()).toBe(false);
      expect(await page.getByRole('button').count()).toBe(0);
      await context.close();
    });

    it('shows hostile names as they are, runs nothing of them, and would not if it could', async () => {
      const { page } = await open();
      expect(await page.locator('#face-2 h3').textContent()).toBe(`02${hostile}`);
      expect(await page.title()).toBe('Familiar Faces: 3 portraits');
      await page.evaluate(() => {
        document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="document.title=\'broken into\'">');
        const script = document.createElement('script');
        script.textContent = "document.title = 'broken into'";
        document.body.append(script);
      });
      await page.waitForTimeout(100);
      expect(await page.title()).toBe('Familiar Faces: 3 portraits');
      await page.close();
    });

    it('names everything for screen readers, and shows every picture', async () => {
      const { page } = await open();
      for (const face of await page.locator('.face').all()) {
        await face.scrollIntoViewIfNeeded();
        for (const image of await face.locator('img').all()) {
          await expect.poll(() => image.evaluate((element) => (element as HTMLImageElement).naturalWidth)).toBe(128);
        }
      }
      const nameless = await page.$$eval('img, video, input, button, a', (elements) =>
        elements
          .filter(
            (e) =>
              !(
                e.getAttribute('alt') ||
                e.getAttribute('aria-label') ||
                e.textContent?.trim() ||
                e.querySelector('img[alt]')
              ),
          )
          .map((e) => e.outerHTML),
      );
      expect(nameless).toEqual([]);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      expect(await page.getByRole('article').count()).toBe(3);
      expect(await page.getByRole('slider', { name: 'Step in the becoming of Amara' }).count()).toBe(1);
      await page.close();
    });

    it('fits windows of every width', async () => {
      const { page } = await open();
      for (const width of [320, 390, 700, 768, 900, 1024, 1280, 2560]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
        expect((await page.locator('.lede').boundingBox())?.width).toBeGreaterThan(250);
      }
      await page.close();
    });
  });
});
