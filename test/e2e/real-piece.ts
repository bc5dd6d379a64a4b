import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { freePort } from '../../server/bench/free-port.ts';
import { createCamera } from '../../server/camera/camera.ts';
import { readConfig } from '../../server/config/read-config.ts';
import { type Live, startLive } from '../../server/main.ts';
import { RandomState } from '../../server/projection/random.ts';
import { launchBrowser } from './browser.ts';
import { buildPages } from './pages.ts';
import { sizes } from './tablet-stage.ts';

/** PIN of the real piece's curator. */
export const realPin = '246813';

export interface RealPieceOptions {
  /** Further lines of installation.yaml. */
  readonly yaml?: string;
  /** A photograph that the browser's camera films; the browser's own test picture where it is left out. */
  readonly portrait?: string;
  /** Called with the folder before the piece starts. */
  readonly prepare?: (folder: string) => Promise<void>;
}

/** The whole piece as it is, with built pages and a browser before it. */
export class RealPiece {
  readonly folder: string;
  readonly configFile: string;
  readonly port: number;
  live!: Live;
  private readonly pages: string;
  private readonly browser: Browser;
  private readonly opened: Page[] = [];

  private constructor(folder: string, pages: string, port: number, browser: Browser) {
    this.folder = folder;
    this.configFile = join(folder, 'installation.yaml');
    this.pages = pages;
    this.port = port;
    this.browser = browser;
  }

  static async set({ yaml = '', portrait, prepare }: RealPieceOptions = {}): Promise<RealPiece> {
    const folder = await mkdtemp(join(tmpdir(), 'familiar-faces-piece-'));
    const pages = await buildPages();
    const port = await freePort();
    const film = join(folder, 'camera.mjpeg');
    if (portrait) await writeFile(film, await filmOf(portrait));
    const browser = await launchBrowser([
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      ...(portrait ? [`--use-file-for-fake-video-capture=${film}`] : []),
    ]);
    const piece = new RealPiece(folder, pages, port, browser);
    await writeFile(
      piece.configFile,
      `server: {host: 127.0.0.1, port: ${port}, pin: "${realPin}"}\nengine: {runtime: cpu}\nosc: {enabled: false}\n${yaml}`,
    );
    await prepare?.(folder);
    await piece.start();
    return piece;
  }

  async start(): Promise<void> {
    const config = await readConfig(this.configFile);
    const { folder, pages } = this;
    this.live = await startLive({
      config,
      folder,
      pages,
      createCamera: (name, decoder) => createCamera(config, (path) => join(folder, path), name, decoder),
    });
  }

  /** A page of its own tab session: another tablet. `before` runs in it before its scripts do. */
  async open(
    route: string,
    options: BrowserContextOptions = {},
    before?: () => void,
    origin = `http://localhost:${this.port}`,
  ): Promise<Page> {
    const context = await this.browser.newContext({ viewport: sizes.landscape, locale: 'en-GB', ...options });
    const page = await context.newPage();
    if (before) await page.addInitScript(before);
    this.opened.push(page);
    await page.goto(origin + route);
    return page;
  }

  /** Between two tests: all pages put away. */
  async clear(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((page) => page.context().close()));
  }

  async strike(): Promise<void> {
    await this.browser.close();
    await this.live?.stop();
    await rm(this.folder, { recursive: true, force: true });
    await rm(this.pages, { recursive: true, force: true });
  }
}

/** A camera's film of a photograph: the noise of its sensor differs from picture to picture. */
export async function filmOf(photograph: string): Promise<Buffer> {
  const { data, info } = await sharp(photograph)
    .resize(720, 720)
    .extend({ left: 280, right: 280, background: '#888' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const random = new RandomState(1);
  const frames: Buffer[] = [];
  for (let k = 0; k < 8; k++) {
    const noisy = data.map((v) => Math.max(0, Math.min(255, v + 4 * random.uniform() - 2)));
    const raw = { width: info.width, height: info.height, channels: 3 } as const;
    frames.push(await sharp(noisy, { raw }).jpeg({ quality: 90 }).toBuffer());
  }
  return Buffer.concat(frames);
}
