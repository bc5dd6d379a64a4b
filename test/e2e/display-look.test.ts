import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { identityMapping, type Mapping } from '../../server/protocol/mapping.ts';
import { routes } from '../../server/protocol/routes.ts';
import { sampleChain, sampleVisit } from '../controller/sample-state.ts';
import { browserMissing } from './browser.ts';
import { look, until } from './look.ts';
import { drawnFace } from './pictures.ts';
import { plain, WallStage } from './wall-stage.ts';

describe.skipIf(browserMissing)('the wall shows', () => {
  let stage: WallStage;

  beforeAll(async () => {
    stage = await WallStage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.reset());
  afterEach(() => stage.expectCalm());

  const set = (values: Record<string, number | boolean | string>) =>
    stage.front.change({ parameters: { ...stage.front.state.parameters, ...values } });
  /** A wall on which a face has wholly faded in. */
  async function wallWith(bytes: Buffer, side: number, { query = '', least = 20 } = {}): Promise<Page> {
    const page = await stage.wall(query);
    stage.front.streams.show(routes.frames, bytes, side, side, 0, { visitor: 7 });
    await settled(page, least);
    return page;
  }
  /** Waits until brightness no longer changes, and is more than black. */
  async function settled(page: Page, least: number): Promise<void> {
    let before = -1;
    await until('the wall to settle', async () => {
      const now = (await look(page)).brightness();
      const calm = now > least && Math.abs(now - before) < 0.4;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return calm;
    });
  }
  const mapped = (changes: Partial<Mapping>) =>
    stage.front.change({ mappings: { main: { ...identityMapping, ...changes } } });

  it('a face over the whole height, its light melting into the dark beside it', async () => {
    const page = await wallWith(await plain('#c08040'), 64);
    const seen = await look(page, 'display/light');
    const [middle, beside, edge] = [0.5, 0.13, 0.01].map((x) => seen.brightness(x, 0.4, 0.02, 0.2));
    expect(middle).toBeGreaterThan(90);
    expect(beside).toBeLessThan(middle * 0.8);
    expect(beside).toBeGreaterThan(edge);
    expect(seen.brightness(0.45, 0, 0.1, 0.02)).toBeGreaterThan(60);
    expect(seen.brightness(0.45, 0.98, 0.1, 0.02)).toBeGreaterThan(60);
  });

  it('brightness and blackout', async () => {
    const page = await wallWith(await plain('#c0c0c0'), 64);
    const full = (await look(page)).brightness(0.45, 0.45, 0.1, 0.1);
    set({ brightness: 0.5 });
    await until('half the brightness', async () => {
      const half = (await look(page)).brightness(0.45, 0.45, 0.1, 0.1);
      return Math.abs(half / full - 0.5) < 0.03;
    });
    set({ blackout: true });
    await until('black', async () => (await look(page)).brightness() < 0.05);
    set({ blackout: false, brightness: 1 });
    await until('light again', async () => (await look(page)).brightness(0.45, 0.45, 0.1, 0.1) > full - 3);
  });

  it('time standing still when frozen: not a pixel moves, but for a picture that cannot wait', async () => {
    const page = await wallWith(await drawnFace(3, 128, 128), 128);
    const isStill = async () => {
      const before = await page.screenshot();
      await new Promise((resolve) => setTimeout(resolve, 400));
      return (await page.screenshot()).equals(before);
    };
    const isRed = async () => {
      const [red, green] = (await look(page)).color(0.45, 0.45, 0.1, 0.1);
      return red > 140 && green < 60;
    };
    set({ freeze: true });
    await until('stillness', isStill);
    await stage.show('#e02020', { blend: 1_200 });
    await until('the deleted face to be gone', isRed);
    await until('stillness', isStill);
    await page.evaluate(() => {
      const canvas = document.querySelector('canvas');
      canvas?.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
    });
    await until('the face to be back on another GPU', isRed);
    await page.reload();
    await until('the face on a wall that is loaded', isRed);
    await until('stillness', isStill);
  });

  it('one picture dissolving into the next in the time it is given', async () => {
    const page = await wallWith(await plain('#101010'), 64, { least: 3 });
    set({ smoothing: 1 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    stage.front.streams.show(routes.frames, await plain('#e0e0e0'), 64, 64, 4_000);
    const seen: number[] = [];
    await until('the end', async () => {
      seen.push((await look(page)).brightness(0.4, 0.3, 0.2, 0.4));
      return seen.at(-1)! > 180;
    });
    const between = seen.filter((value) => value > 25 && value < 175);
    expect(between.length).toBeGreaterThanOrEqual(2);
    // Never back, but for the grain.
    for (const [i, value] of seen.entries()) expect(value).toBeGreaterThan((seen[i - 1] ?? 0) - 2);
  });

  it('looks that change the picture, and leave it its light', async () => {
    // Random dots: no real face is needed to see brushes and grain.
    const dots = Buffer.from(Array.from({ length: 64 * 64 }, (_, i) => 90 + (Math.imul(i + 1, 0x9e3779b1) >>> 24) / 2));
    const raw = { width: 64, height: 64, channels: 1 } as const;
    const bytes = await sharp(dots, { raw }).resize(128, 128, { kernel: 'nearest' }).jpeg({ quality: 95 }).toBuffer();
    const page = await wallWith(bytes, 128, { query: '?quality=3' });
    const area = { left: 190, top: 60, width: 100, height: 100 };
    const measure = async (name: string) => {
      await look(page, `display/look-${name}`);
      const crop = await sharp(await page.screenshot())
        .extract(area)
        .greyscale()
        .raw()
        .toBuffer();
      const mean = crop.reduce((sum, value) => sum + value, 0) / crop.length;
      let rough = 0;
      for (let i = 1; i < crop.length; i++) rough += Math.abs(crop[i] - crop[i - 1]);
      return { mean, rough: rough / crop.length };
    };
    const plainLook = await measure('plain');
    const change = async (name: string) => {
      set({ look: name, lookAmount: 1 });
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      return measure(name);
    };
    const painterly = await change('painterly');
    const grain = await change('grain');
    expect(painterly.rough).toBeLessThan(plainLook.rough * 0.95);
    expect(grain.rough).toBeGreaterThan(plainLook.rough * 1.1);
    for (const { mean } of [painterly, grain]) expect(Math.abs(mean - plainLook.mean)).toBeLessThan(14);
  });

  it('the picture where its corners are pinned, and black around it', async () => {
    const page = await wallWith(await plain('#e0e0e0'), 64);
    mapped({
      corners: [
        { x: 0.5, y: 0.5 },
        { x: 1, y: 0.5 },
        { x: 1, y: 1 },
        { x: 0.5, y: 1 },
      ],
    });
    await until('the picture to be pinned', async () => (await look(page)).brightness(0, 0, 0.4, 0.4) < 0.1);
    const seen = await look(page);
    expect(seen.brightness(0.7, 0.7, 0.1, 0.1)).toBeGreaterThan(150);
    expect(seen.brightness(0, 0.55, 0.45, 0.4)).toBeLessThan(0.1);
  });

  it('edges that fade so that the light of two projectors adds up', async () => {
    const page = await stage.wall();
    await stage.show('#ffffff');
    set({ testPattern: true });
    await settled(page, 2);
    // The steps of grey in the pattern: flat, and bright enough on their right to measure.
    const at = async (x: number) => (await look(page)).brightness(x, 0.74, 0.008, 0.02);
    const points = [0.6, 0.66, 0.72];
    const before = await Promise.all(points.map(at));
    const gamma = 2.2;
    mapped({ softEdges: { left: 0, right: 0.5, top: 0, bottom: 0, gamma } });
    await until('the edge to fade', async () => (await at(0.72)) < before[2] * 0.97);
    for (const [i, x] of points.entries()) {
      const distance = (1 - (x + 0.004)) / 0.5;
      const light = distance * distance * (3 - 2 * distance);
      // Measured, with dither and rounding.
      expect((await at(x)) / before[i]).toBeCloseTo(light ** (1 / gamma), 1);
    }
  });

  it('each display its own mapping, by its name', async () => {
    const left = await stage.wall('?name=left');
    const right = await stage.wall('?name=right');
    await stage.show('#e0e0e0');
    stage.front.change({ mappings: { left: { ...identityMapping, brightness: 0 } } });
    await until('the right one to be light', async () => (await look(right)).brightness(0.4, 0.4, 0.2, 0.2) > 120);
    expect((await look(left)).brightness()).toBeLessThan(0.1);
  });

  it('words in the language of the moment, and the curator’s own', async () => {
    const page = await wallWith(await plain('#202020'), 64, { least: 5 });
    const words = async () => (await look(page)).brightness(0.02, 0.84, 0.22, 0.12);
    const below = async () => (await look(page)).brightness(0.4, 0.84, 0.2, 0.12);
    const [dark, empty] = [await words(), await below()];
    set({ caption: true, captionLanguage: 'en' });
    await until('words', async () => (await words()) > dark + 3);
    await look(page, 'display/words-en');
    set({ caption: false, message: 'Back at two o’clock' });
    await until('no words', async () => (await words()) < dark + 1.5);
    await until('the message', async () => (await below()) > empty + 3);
    await look(page, 'display/message');
  });

  it('words on a tall wall, without an edge where their shade begins', async () => {
    set({ caption: true, captionLanguage: 'en', message: 'Back at two o’clock' });
    const page = await stage.wall('', 432, 768);
    stage.front.streams.show(routes.frames, await plain('#c0c0c0'), 64, 64, 0, { visitor: 7 });
    await settled(page, 10);
    const seen = await look(page, 'display/words-tall');
    // Down the face to the first letters.
    const rows = Array.from({ length: 35 }, (_, i) => seen.brightness(0.46, 0.72 + 0.002 * i, 0.08, 0.0015));
    const steps = rows.slice(1).map((row, i) => Math.abs(row - rows[i]));
    expect(Math.max(...steps)).toBeLessThan(9);
    expect(seen.brightness(0.3, 0.79, 0.4, 0.06)).toBeGreaterThan(4);
  });

  it('the chain as a wall of faces, without those that were deleted', async () => {
    const asked: string[] = [];
    stage.front.picture = async ({ pathname }) => {
      asked.push(pathname);
      return { bytes: await plain('#20e020', 128), type: 'image/jpeg' };
    };
    stage.front.change({ chain: sampleChain(40) });
    const page = await wallWith(await plain('#e00000'), 64);
    await until('the thumbnails', () => asked.length >= 40);
    expect(new Set(asked).size).toBe(40);
    set({ attractStyle: 'wall' });
    const sides = async () => {
      const seen = await look(page);
      const [, green] = seen.color(0, 0, 0.25, 1);
      const [, green2] = seen.color(0.75, 0, 0.25, 1);
      return green + green2;
    };
    await until('faces at both sides', async () => (await sides()) > 10);
    await look(page, 'display/wall');
    stage.front.change({ chain: [] });
    await until('the deleted to be gone', async () => (await sides()) < 1);
  });

  it('the photograph beside the face that has arrived, and forgets it afterwards', async () => {
    stage.front.picture = async ({ pathname }) =>
      pathname === '/portrait/secret' ? { bytes: await plain('#2020e0', 128), type: 'image/jpeg' } : null;
    const page = await wallWith(await plain('#e02020'), 64);
    set({ portraitBeside: true });
    const right = async () => (await look(page)).color(0.7, 0.4, 0.1, 0.2);
    stage.front.change({ state: 'arrived', visit: sampleVisit({ visitor: 7, portrait: '/portrait/secret' }) });
    await until('the photograph', async () => {
      const [r, , b] = await right();
      return b > 120 && r < 80;
    });
    const [r, , b] = (await look(page, 'display/pair')).color(0.22, 0.4, 0.1, 0.2);
    expect(r).toBeGreaterThan(b);
    stage.front.change({ state: 'attract', visit: null });
    await until('the photograph to be gone', async () => {
      const [red, , blue] = await right();
      return blue < 10 || red > blue;
    });
  });

  it('the film again while a visitor stands there, whatever the style', async () => {
    stage.front.picture = async () => ({ bytes: await plain('#20e020', 128), type: 'image/jpeg' });
    stage.front.change({ chain: sampleChain(30) });
    set({ attractStyle: 'wall' });
    const page = await wallWith(await plain('#c02020'), 64);
    const size = async () => (await look(page)).color(0.5, 0.05, 0.02, 0.05)[0];
    await until('the face to be small', async () => (await size()) < 60);
    stage.front.change({ state: 'framing', visit: sampleVisit() });
    await until('the face to fill the wall', async () => (await size()) > 90);
  });
});
