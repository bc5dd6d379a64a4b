import { rm } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { expect } from 'vitest';
import type { FrameHeader } from '../../server/protocol/frame.ts';
import { routes } from '../../server/protocol/routes.ts';
import { sampleState } from '../controller/sample-state.ts';
import { launchBrowser } from './browser.ts';
import { FakeInstallation } from './fake-installation.ts';
import { buildPages } from './pages.ts';

/** A picture of one colour. */
export const plain = (background: string, side = 64): Promise<Buffer> =>
  sharp({ create: { width: side, height: side, channels: 3, background } })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();

/** What lives on the GPU of a page, counted by the init script below. */
export interface GpuCount {
  readonly textures: number;
  readonly framebuffers: number;
  readonly buffers: number;
  readonly programs: number;
}

/** Runs in the page before anything else: counts what is made on the GPU and not given back. */
function countGpu(): void {
  const counts = { textures: 0, framebuffers: 0, buffers: 0, programs: 0 };
  Object.assign(window, { gpuCount: counts });
  const { prototype } = WebGL2RenderingContext as unknown as {
    prototype: Record<string, (...args: unknown[]) => unknown>;
  };
  for (const [kind, name] of Object.entries({
    textures: 'Texture',
    framebuffers: 'Framebuffer',
    buffers: 'Buffer',
    programs: 'Program',
  })) {
    const key = kind as keyof typeof counts;
    const { [`create${name}`]: create, [`delete${name}`]: remove } = prototype;
    prototype[`create${name}`] = function (this: unknown, ...args) {
      counts[key]++;
      return create.apply(this, args);
    };
    prototype[`delete${name}`] = function (this: unknown, ...args) {
      if (args[0]) counts[key]--;
      return remove.apply(this, args);
    };
  }
}

/** The wall in a real browser before a front that pretends to be the server. */
export class WallStage {
  readonly problems: string[] = [];
  front: FakeInstallation;
  readonly pages: Page[] = [];
  private readonly folder: string;
  private readonly browser: Browser;
  private origin = '';

  private constructor(folder: string, browser: Browser) {
    this.folder = folder;
    this.browser = browser;
    this.front = new FakeInstallation(folder);
  }

  /** Builds the pages and starts a browser, once for many tests. */
  static async open(): Promise<WallStage> {
    const stage = new WallStage(await buildPages(), await launchBrowser(['--js-flags=--expose-gc']));
    stage.origin = await stage.front.start();
    return stage;
  }

  /** Everything as new for the next test: a film of one face, without captions, so that pixels can be told. */
  async reset(): Promise<void> {
    for (const page of this.pages.splice(0)) await page.close();
    const state = sampleState({ chain: [] });
    const parameters = { ...state.parameters, attractStyle: 'film', caption: false, smoothing: 0 } as const;
    this.front.reset({ ...state, parameters });
    this.front.reports.length = 0;
    this.front.thumbnails.length = 0;
    this.front.streams.acknowledged.length = 0;
    this.front.picture = async () => null;
    this.problems.length = 0;
  }

  /** Opens the wall; small, because a processor draws it. */
  async wall(query = '', width = 480, height = 270): Promise<Page> {
    const page = await this.browser.newPage({ viewport: { width, height } });
    this.pages.push(page);
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('console', (message) => {
      // A server that is gone is reported by the browser itself.
      const ours =
        message.type() === 'error' && !/net::ERR|Failed to load resource|WebSocket connection/.test(message.text());
      if (ours) this.problems.push(message.text());
    });
    await page.addInitScript(countGpu);
    await page.goto(`${this.origin}${routes.display}${query}`);
    return page;
  }

  /** Shows a picture on all walls. */
  async show(color: string, header: Partial<FrameHeader> = {}): Promise<void> {
    this.front.streams.show(routes.frames, await plain(color), 64, 64, 0, { visitor: 7, ...header });
  }

  /** After `front.stop()`: a server that knows nothing of before, at the same address. */
  async startAgain(): Promise<void> {
    const { state } = this.front;
    this.front = new FakeInstallation(this.folder);
    this.front.state = state;
    await this.front.start(Number(new URL(this.origin).port));
  }

  async gpu(page: Page): Promise<GpuCount> {
    return page.evaluate(() => ({ ...(window as unknown as { gpuCount: GpuCount }).gpuCount }));
  }

  /** No error may reach the wall or its log. */
  expectCalm(): void {
    expect(this.problems).toEqual([]);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.front.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
