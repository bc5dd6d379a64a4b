import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { expect, vi } from 'vitest';
import { sampleState } from '../controller/sample-state.ts';
import { launchBrowser } from './browser.ts';
import { FakeInstallation } from './fake-installation.ts';
import { buildPages } from './pages.ts';
import { drawnFace, fakeCameraFilm } from './pictures.ts';

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const artefacts = fileURLToPath(new URL('../artefacts/controller/', import.meta.url));

/** Sizes of tablets and phones, CSS px. */
export const sizes = {
  portrait: { width: 820, height: 1180 },
  landscape: { width: 1180, height: 820 },
  /** The iPad with the shortest sides, either way round, and an Android tablet. */
  oldPad: { width: 768, height: 1024 },
  oldPadWide: { width: 1024, height: 768 },
  android: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
  /** What WCAG 1.4.10 (reflow) asks for. */
  narrow: { width: 320, height: 640 },
} as const;

/** The built pages in a real Chromium with a fake camera, in front of a fake installation. */
export class TabletStage {
  readonly fake: FakeInstallation;
  readonly origin: string;
  readonly browser: Browser;
  private readonly pages: string;
  private readonly opened: Page[] = [];
  /** What pages wrote to their consoles as errors, and did not expect. */
  readonly complaints: string[] = [];

  private constructor(fake: FakeInstallation, origin: string, browser: Browser, pages: string) {
    this.fake = fake;
    this.origin = origin;
    this.browser = browser;
    this.pages = pages;
  }

  static async set(): Promise<TabletStage> {
    const pages = await buildPages();
    const film = join(pages, 'film.mjpeg');
    await writeFile(film, await fakeCameraFilm(await drawnFace(3, 1_280, 960), 1_280, 960));
    const browser = await launchBrowser([
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
      // A page that is not over https, as seen by a browser.
      '--host-resolver-rules=MAP tablet.museum 127.0.0.1',
    ]);
    const fake = new FakeInstallation(pages);
    const wall = await drawnFace(9);
    fake.streams.show('/frames', wall, 512, 512);
    fake.picture = async ({ pathname }) =>
      /^\/(portrait|faces|thumbnails)\//.test(pathname)
        ? { bytes: await drawnFace(Number(/\d+/.exec(pathname)?.[0] ?? 5)), type: 'image/jpeg' }
        : null;
    await mkdir(artefacts, { recursive: true });
    return new TabletStage(fake, await fake.start(), browser, pages);
  }

  /** A page of its own tab session: another tablet. `before` runs in it before its scripts do. */
  async open(path: string, options: BrowserContextOptions & { before?: () => void; origin?: string } = {}) {
    const { before, origin = this.origin, ...rest } = options;
    const context = await this.browser.newContext({
      viewport: sizes.portrait,
      locale: 'en-GB',
      // Quicker, and what is looked at stands still.
      reducedMotion: 'reduce',
      ...rest,
    });
    const page = await context.newPage();
    this.opened.push(page);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    if (before) await page.addInitScript(before);
    await page.goto(origin + path);
    return page;
  }

  /** Between two tests: all tablets put away, the installation as new. */
  async clear(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((page) => page.context().close()));
    this.fake.reset(sampleState());
    expect(this.complaints.splice(0)).toEqual([]);
  }

  async strike(): Promise<void> {
    await this.browser.close();
    await this.fake.stop();
    await rm(this.pages, { recursive: true });
  }
}

/** Keeps a picture of the page, and lets axe look for barriers; there must be none. */
export async function audit(page: Page, name: string): Promise<void> {
  await settle(page);
  await page.screenshot({ path: join(artefacts, `${name}.png`) });
  await page.addScriptTag({ path: axeFile });
  const barriers = await page.evaluate(async () => {
    const { axe: tool } = window as unknown as { axe: typeof axe };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await tool.run({ runOnly: tags });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
  expect(barriers, name).toEqual([]);
}

/** Waits for movements to end: axe would take a half-faded letter for a pale one. */
export const settle = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const finite = document.getAnimations().filter((animation) => {
      const { iterations } = animation.effect?.getTiming() ?? {};
      return iterations !== Number.POSITIVE_INFINITY;
    });
    await Promise.all(finite.map((animation) => animation.finished.catch(() => {})));
  });

/** Whether anything hangs out at the side. */
export const overhang = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** What of an element lies outside of what its surroundings let be seen, px; 0 where it is seen whole. */
export const clipped = (page: Page, selector: string): Promise<number> =>
  page
    .locator(selector)
    .first()
    .evaluate((node) => {
      const box = node.getBoundingClientRect();
      let hidden = 0;
      for (let around = node.parentElement; around; around = around.parentElement) {
        if (around !== document.documentElement && getComputedStyle(around).overflowX === 'visible') continue;
        const frame = around.getBoundingClientRect();
        hidden = Math.max(hidden, frame.left - box.left, box.right - frame.right, frame.top - box.top);
        hidden = Math.max(hidden, box.bottom - frame.bottom);
      }
      return Math.round(hidden);
    });

/** Waits until a check passes. */
export const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000, interval: 25 });

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export const heading = (page: Page, text: string | RegExp) =>
  page.getByRole('heading', { level: 1, name: text }).waitFor();

export const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** Whether the film's red mark is at a place of the picture, a part of its width from the left. */
export async function redAt(picture: Uint8Array, left: number): Promise<boolean> {
  const { width, height } = await sharp(picture).metadata();
  const area = {
    left: Math.round(left * width),
    top: Math.round(0.45 * height),
    width: Math.round(0.06 * width),
    height: Math.round(0.08 * height),
  };
  const { channels } = await sharp(await sharp(picture).extract(area).toBuffer()).stats();
  return channels[0].mean > 140 && channels[1].mean < 90;
}
