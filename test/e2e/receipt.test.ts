import { rm } from 'node:fs/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpServer, type HttpServer } from '../../server/http/http-server.ts';
import { loadPages } from '../../server/http/pages.ts';
import { builtInTexts } from '../../server/protocol/texts.ts';
import { quietServer } from '../http/quiet-server.ts';
import { browserMissing, launchBrowser } from './browser.ts';
import { buildPages } from './pages.ts';
import { faceToLookAt } from './pictures.ts';
import { audit, overhang, sizes } from './tablet-stage.ts';

describe.skipIf(browserMissing)('a receipt on a phone', () => {
  const faces = new Map([['a-face', { id: 'a-face', visitor: 1_204, at: Date.UTC(2026, 10, 3), likeness: 0.7 }]]);
  let folder: string;
  let http: HttpServer;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await buildPages();
    const picture = await sharp(await faceToLookAt(2))
      .webp()
      .toBuffer();
    http = createHttpServer({
      host: '127.0.0.1',
      port: 0,
      pages: loadPages(folder),
      chain: {
        picture: async (id) => (faces.has(id) ? picture : null),
        byReceipt: (token) => {
          const face = token === 'token' || token === 'early' ? faces.get('a-face') : undefined;
          return face ? { face, finished: token !== 'early' } : null;
        },
        forget: async (id) => faces.delete(id),
        wasForgotten: async (token) => token === 'token' && faces.size === 0,
      },
      ...quietServer,
    });
    origin = `http://127.0.0.1:${(await http.listen()).port}`;
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await http?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A phone without scripts, and everything it asked for. */
  async function phone(path: string, options: BrowserContextOptions = {}): Promise<{ page: Page; asked: string[] }> {
    const context = await browser.newContext({ viewport: sizes.phone, locale: 'de-DE', ...options });
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(origin + path);
    return { page, asked };
  }

  it('shows the face in the type of the tablets and asks for nothing from elsewhere', async () => {
    const { page, asked } = await phone('/receipt/token?language=fr');
    await page.getByRole('heading', { name: builtInTexts.fr.receiptTitle }).waitFor();
    await page.getByText('3 novembre 2026').waitFor();
    const loaded = await page.evaluate(async () =>
      [...(await document.fonts.ready)].filter(({ status }) => status === 'loaded').map(({ family }) => family),
    );
    expect(loaded).toContain('Source Serif 4 Variable');
    expect(asked.filter((url) => !url.startsWith(origin) && !url.startsWith('data:'))).toEqual([]);
    expect(asked.some((url) => url.endsWith('.woff2'))).toBe(true);
    await page.context().close();
  });

  it('fits phones of every size and way round, without barriers', async () => {
    for (const [size, viewport] of Object.entries({ ...sizes, side: { width: 844, height: 390 } })) {
      for (const [name, path] of Object.entries({
        face: '/receipt/token?language=de',
        sure: '/receipt/token?language=de&forget=ask',
        soon: '/receipt/early?language=fr',
        unknown: '/receipt/none?language=fr',
      })) {
        // axe is no script of this server's.
        const { page } = await phone(path, { viewport, bypassCSP: true });
        expect(await overhang(page), `${name} ${size}`).toBe(0);
        await audit(page, `receipt-${name}-${size}`);
        await page.context().close();
      }
    }
  }, 120_000);

  it('can be kept, and be deleted for good, without scripts', async () => {
    const { page } = await phone('/receipt/token?language=en', { javaScriptEnabled: false, acceptDownloads: true });
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Save the picture' }).click();
    expect((await download).suggestedFilename()).toBe('familiar-face-1204.webp');
    await page.getByRole('link', { name: 'Deutsch' }).click();
    await page.getByRole('button', { name: 'Mein Gesicht löschen' }).click();
    await page.getByRole('heading', { name: builtInTexts.de.receiptForgetSure }).waitFor();
    await page.getByRole('button', { name: 'Zurück' }).click();
    expect(faces.size).toBe(1);
    await page.getByRole('button', { name: 'Mein Gesicht löschen' }).click();
    await page.getByRole('button', { name: 'Mein Gesicht löschen' }).click();
    await page.getByRole('heading', { name: builtInTexts.de.receiptForgotten }).waitFor();
    expect(faces.size).toBe(0);
    await page.context().close();
  });
});
