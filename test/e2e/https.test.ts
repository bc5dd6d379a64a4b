import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalAuthority } from '../../server/certificate/local-authority.ts';
import { createHttpServer, type HttpServer } from '../../server/http/http-server.ts';
import { loadPages } from '../../server/http/pages.ts';
import { quietServer } from '../http/quiet-server.ts';
import { browserMissing, launchBrowser } from './browser.ts';
import { look } from './look.ts';
import { buildPages } from './pages.ts';

/** Address under which a tablet would find us: pages from localhost are trusted without any certificate. */
const address = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** On Linux a user's authorities are in a database that this command of NSS writes. */
const certutilMissing = (() => {
  try {
    execFileSync('certutil', ['-H'], { stdio: 'ignore' });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
  return false;
})();
const missing = certutilMissing
  ? 'there is no certutil (Debian: libnss3-tools)'
  : address
    ? null
    : 'there is no network';
if (missing) console.log(`A browser that trusts the certificate is not tried: ${missing}.`);

describe.skipIf(browserMissing || missing)('a tablet in the network of the museum', () => {
  const home = mkdtempSync(join(tmpdir(), 'https-'));
  const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  let pages: string;
  let http: HttpServer;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    pages = await buildPages();
    const folder = join(home, 'certificate');
    const names = () => [address as string];
    const authority = await LocalAuthority.open({ folder, name: 'Familiar Faces on test', names, now: Date.now });
    http = createHttpServer({
      host: '0.0.0.0',
      port: 0,
      tls: { cert: authority.server.certificate, key: authority.server.key },
      authority: authority.authority,
      pages: loadPages(pages),
      chain: {
        picture: async () => null,
        byReceipt: () => null,
        forget: async () => false,
        wasForgotten: async () => false,
      },
      ...quietServer,
    });
    origin = `${address}:${(await http.listen()).port}`;
    const database = join(home, '.pki', 'nssdb');
    mkdirSync(database, { recursive: true });
    const certutil = (...args: string[]) => execFileSync('certutil', ['-d', `sql:${database}`, ...args]);
    certutil('-N', '--empty-password');
    browser = await launchBrowser(camera, home);
    const page = await browser.newPage();
    await expect(page.goto(`http://${origin}/visitor`)).rejects.toThrow(/ERR_CERT_AUTHORITY_INVALID/);
    await browser.close();
    certutil('-A', '-n', 'Familiar Faces', '-t', 'C,,', '-i', join(folder, 'authority.pem'));
    browser = await launchBrowser(camera, home);
  });
  afterAll(async () => {
    await browser?.close();
    await http?.close();
    rmSync(home, { recursive: true, force: true });
    rmSync(pages, { recursive: true, force: true });
  });

  it('trusts the installation after it has taken in its authority, and lends its camera', async () => {
    const page = await browser.newPage();
    await page.goto(`http://${origin}/visitor`);
    expect(page.url()).toBe(`https://${origin}/visitor`);
    const camera = await page.evaluate(async () => ({
      isSecure: isSecureContext,
      tracks: (await navigator.mediaDevices.getUserMedia({ video: true })).getVideoTracks().length,
    }));
    expect(camera).toEqual({ isSecure: true, tracks: 1 });
    await page.close();
  });

  it('reads over http what to do, without scripts and in its own width', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`http://${origin}/certificate`);
    expect(await page.getByRole('link', { name: 'Download the certificate' }).isVisible()).toBe(true);
    const { width } = (await page.locator('main').boundingBox()) ?? { width: 0 };
    expect(width).toBeLessThanOrEqual(390);
    await look(page, 'certificate');
    await context.close();
  });

  it('still shows the wall over http', async () => {
    const page = await browser.newPage();
    await page.goto(`http://${origin}/`);
    expect(page.url()).toBe(`http://${origin}/`);
    await page.close();
  });
});
