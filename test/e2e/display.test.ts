import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeFrame, type FrameHeader } from '../../server/protocol/frame.ts';
import { routes } from '../../server/protocol/routes.ts';
import { browserMissing } from './browser.ts';
import { look, until } from './look.ts';
import { type GpuCount, plain, WallStage } from './wall-stage.ts';

const header: FrameHeader = {
  sequence: 1,
  capturedAt: Date.now(),
  encoding: 'jpeg',
  kind: 'face',
  width: 64,
  height: 64,
  state: 'attract',
  blend: 0,
  visitor: 1,
  likeness: null,
};

/** Colour of the middle of the face. */
const middle = async (page: Page) => (await look(page)).color(0.45, 0.45, 0.1, 0.1);
const isRed = async (page: Page) => {
  const [red, green, blue] = await middle(page);
  return red > 140 && green < 60 && blue < 60;
};
const isBlue = async (page: Page) => {
  const [red, green, blue] = await middle(page);
  return blue > 140 && green < 60 && red < 60;
};

describe.skipIf(browserMissing)('the wall receives', () => {
  let stage: WallStage;

  beforeAll(async () => {
    stage = await WallStage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.reset());
  afterEach(() => stage.expectCalm());

  it('is black, bare and without a pointer until the first face fades in', async () => {
    const page = await stage.wall('', 640, 360);
    await until('the page to connect', () => stage.front.streams.viewers.size === 1);
    // No more than a processor has time to draw, though the screen is larger.
    expect([...stage.front.streams.viewers][0].query.get('size')).toBe('256');
    expect((await look(page)).brightness()).toBeLessThan(1);
    const bare = await page.evaluate(() => ({
      cursor: getComputedStyle(document.body).cursor,
      text: document.body.innerText.trim(),
      scrolls: document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth,
    }));
    expect(bare).toEqual({ cursor: 'none', text: '', scrolls: false });
    await stage.show('#e02020');
    await until('the face to be seen', () => isRed(page));
    expect(stage.front.streams.acknowledged).toHaveLength(1);
  });

  it('tells how it is doing', async () => {
    const page = await stage.wall();
    await stage.show('#e02020');
    await until('the face to be seen', () => isRed(page));
    stage.front.reports.length = 0;
    for (let i = 0; i < 12; i++) {
      await stage.show(i % 2 ? '#e02020' : '#2020e0');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await until('two reports', () => stage.front.reports.length >= 2);
    const report = stage.front.reports.at(-1)!;
    expect(report).toMatchObject({ width: 480, height: 270, skipped: 0 });
    expect(report.fps).toBeGreaterThan(0);
    expect(report.latency).toBeGreaterThanOrEqual(0);
    expect(report.latency).toBeLessThan(10_000);
  });

  it('shows the newest of a flood, acknowledges every picture once, and counts what it skipped', async () => {
    const page = await stage.wall();
    await stage.show('#2020e0');
    await until('the first face', () => isBlue(page));
    const [grey, red] = [await plain('#808080'), await plain('#e02020')];
    for (let i = 1; i <= 60; i++) {
      stage.front.streams.garbage(
        routes.frames,
        encodeFrame({ ...header, sequence: 1_000 + i }, i === 60 ? red : grey),
      );
    }
    await until('the newest face', () => isRed(page));
    const { acknowledged } = stage.front.streams;
    await until('all acknowledgements', () => acknowledged.length >= 61);
    expect(new Set(acknowledged).size).toBe(61);
    expect(acknowledged).toHaveLength(61);
    await until('the skipped to be counted', () => (stage.front.reports.at(-1)?.skipped ?? 0) > 40);
  });

  it('keeps the face through pictures that are broken, and through noise', async () => {
    const page = await stage.wall();
    await stage.show('#e02020');
    await until('the face', () => isRed(page));
    const broken = [
      encodeFrame({ ...header, sequence: 2_000 }, new Uint8Array(500).fill(9)),
      encodeFrame({ ...header, sequence: 2_001, width: 63 }, await plain('#2020e0')),
      encodeFrame({ ...header, sequence: 2_002, encoding: 'webp' }, new Uint8Array([1])),
    ];
    for (const bytes of broken) stage.front.streams.garbage(routes.frames, bytes);
    await until('the broken ones to be let go', () => stage.front.streams.acknowledged.length >= 4);
    expect(await isRed(page)).toBe(true);
    stage.front.streams.garbage(routes.frames, new Uint8Array([1, 2, 3]));
    await until('a new connection', () => stage.front.streams.acknowledged.length >= 5);
    stage.front.garbage({ revision: 'x', changes: null });
    await stage.show('#2020e0');
    await until('the next face', () => isBlue(page));
  });

  it('takes raw pixels as well', async () => {
    const page = await stage.wall('?format=rgb');
    await until('the page to connect', () => stage.front.streams.viewers.size === 1);
    expect([...stage.front.streams.viewers][0].query.get('format')).toBe('rgb');
    const pixels = new Uint8Array(64 * 64 * 3).map((_, i) => (i % 3 === 2 ? 230 : 10));
    stage.front.streams.show(routes.frames, pixels, 64, 64, 0, { encoding: 'rgb' });
    await until('the face', () => isBlue(page));
  });

  it('holds the last face while the server is gone, keeps it moving, and is back within 5 s', async () => {
    const page = await stage.wall();
    await stage.show('#e02020');
    await until('the face', () => isRed(page));
    await stage.front.stop();
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    expect(await isRed(page)).toBe(true);
    const edge = () => page.screenshot({ clip: { x: 90, y: 0, width: 60, height: 270 } });
    const before = await edge();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect((await edge()).equals(before)).toBe(false);
    await stage.startAgain();
    await stage.show('#2020e0');
    const took = await until('the wall to be back', () => stage.front.streams.viewers.size === 1);
    expect(took).toBeLessThan(6_000);
    await until('the next face', () => isBlue(page));
  });

  it('is back within 1 s where only the connection broke', async () => {
    const page = await stage.wall();
    await stage.show('#e02020');
    await until('the face', () => isRed(page));
    stage.front.cut();
    await until('the connection to be gone', () => stage.front.streams.viewers.size === 0);
    expect(await until('the wall to be back', () => stage.front.streams.viewers.size === 1)).toBeLessThan(1_500);
  });

  it('survives the loss of its GPU, again and again, with the face it had', async () => {
    const page = await stage.wall();
    await stage.show('#e02020');
    await until('the face', () => isRed(page));
    const counts: GpuCount[] = [];
    for (let loss = 0; loss < 3; loss++) {
      await page.evaluate(() => {
        const canvas = document.querySelector('canvas');
        canvas?.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
      });
      await until('the face to be back', () => isRed(page));
      counts.push(await stage.gpu(page));
    }
    expect(await page.evaluate(() => document.querySelectorAll('canvas').length)).toBe(1);
    // What was lost is given back, but for the few that three makes for itself and leaves to the lost context.
    for (const kind of ['programs', 'buffers'] as const) expect(counts[2][kind]).toBe(counts[1][kind]);
    expect(counts[2].textures - counts[1].textures).toBeLessThanOrEqual(4);
    expect(counts[2].framebuffers - counts[1].framebuffers).toBeLessThanOrEqual(3);
    await stage.show('#2020e0');
    await until('the next face', () => isBlue(page));
  });

  it('loads itself anew when the server is of another version, but not for ever', async () => {
    const page = await stage.wall();
    await stage.show('#e02020');
    await until('the face', () => isRed(page));
    let loads = 0;
    page.on('domcontentloaded', () => loads++);
    stage.front.reload();
    await until('the page to load again', () => loads === 1);
    await until('the face', () => isRed(page));
    const other = encodeFrame({ ...header, sequence: 9_000 }, await plain('#808080'));
    other[2] = 200;
    stage.front.streams.garbage(routes.frames, other);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(loads).toBe(1);
    expect(await isRed(page)).toBe(true);
  });

  it('shows curators what it shows, only while they look', async () => {
    const page = await stage.wall();
    await stage.show('#e02020');
    await until('the face', () => isRed(page));
    expect(stage.front.thumbnails).toHaveLength(0);
    stage.front.watch(true);
    await until('a thumbnail', () => stage.front.thumbnails.length >= 2);
    const { default: sharp } = await import('sharp');
    const { width, height, format } = await sharp(stage.front.thumbnails[1]).metadata();
    expect({ width, height, format }).toEqual({ width: 320, height: 180, format: 'jpeg' });
    const { dominant } = await sharp(stage.front.thumbnails[1]).stats();
    expect(dominant.r).toBeGreaterThan(dominant.b);
    stage.front.watch(false);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const count = stage.front.thumbnails.length;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(stage.front.thumbnails).toHaveLength(count);
  });

  it('needs no more memory after many pictures than after a few', async () => {
    const page = await stage.wall();
    const pictures = await Promise.all(['#e02020', '#20e020', '#2020e0', '#a0a0a0'].map((color) => plain(color)));
    const send = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const before = stage.front.streams.acknowledged.length;
        stage.front.streams.show(routes.frames, pictures[i % 4], 64, 64, 40);
        await until('a picture to be drawn', () => stage.front.streams.acknowledged.length > before);
      }
    };
    const session = await page.context().newCDPSession(page);
    const measure = async () => {
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
      return { heap: usedSize, gpu: await stage.gpu(page) };
    };
    await until('the page to connect', () => stage.front.streams.viewers.size === 1);
    await send(40);
    const before = await measure();
    await send(200);
    const after = await measure();
    expect(after.gpu).toEqual(before.gpu);
    expect(after.heap - before.heap).toBeLessThan(600_000);
  });
});
