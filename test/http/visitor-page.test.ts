import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpServer, type HttpServer } from '../../server/http/http-server.ts';
import { loadPages } from '../../server/http/pages.ts';
import { builtInTexts } from '../../server/protocol/texts.ts';
import { devicesOf } from '../control/devices-of.ts';
import { pin, quietServer } from './quiet-server.ts';

let folder: string;
let http: HttpServer;
let base: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'familiar-faces-visitor-'));
  for (const page of ['display', 'controller/visitor', 'controller/curator']) {
    mkdirSync(join(folder, page), { recursive: true });
    writeFileSync(join(folder, page, 'index.html'), `<!doctype html><title>${page}</title>`);
  }
  const plain = fileURLToPath(new URL('../../controller/plain', import.meta.url));
  cpSync(plain, join(folder, 'controller/plain'), { recursive: true });
  await serve(pin);
});
afterEach(async () => {
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(ownPin: string): Promise<void> {
  http = createHttpServer({
    ...quietServer,
    pairing: devicesOf({ pin: ownPin }).pairing,
    host: '127.0.0.1',
    port: 0,
    pages: loadPages(folder),
    chain: {
      picture: async () => null,
      byReceipt: () => null,
      forget: async () => false,
      wasForgotten: async () => false,
    },
  });
  base = `http://127.0.0.1:${(await http.listen()).port}/visitor`;
}

/** As a proxy on this computer asks for somebody else. */
const elsewhere = { 'x-forwarded-for': '192.168.1.77' };
const get = (headers: Record<string, string>, url = base) => fetch(url, { headers, redirect: 'manual' });
const give = (body: URLSearchParams | string, headers: Record<string, string> = elsewhere) =>
  fetch(base, { method: 'POST', body, headers, redirect: 'manual' });
const keyOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? '';

describe('the visitors’ page', () => {
  it('is open on the computer of the piece', async () => {
    const response = await get({});
    expect(await response.text()).toContain('controller/visitor');
    expect(response.headers.get('cache-control')).toBe('no-cache');
  });

  it('asks everybody else for the PIN, in their language, without a script', async () => {
    for (const path of ['', '/', '?language=fr']) {
      const response = await get({ ...elsewhere, 'accept-language': 'de-CH,de;q=0.9,en;q=0.8' }, base + path);
      const page = await response.text();
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('set-cookie')).toBeNull();
      expect(page).toContain('<html lang="de">');
      expect(page).toContain('Diese Seite gehört zum Tablet neben der Wand');
      expect(page).not.toContain('<script');
    }
  });

  it('becomes a tablet’s for the PIN, once and for long', async () => {
    const wrong = await give(new URLSearchParams({ pin: '12"<b>' }));
    expect(wrong.status).toBe(200);
    expect(wrong.headers.get('set-cookie')).toBeNull();
    const page = await wrong.text();
    expect(page).toContain('That is not the PIN.');
    expect(page).not.toContain('<b>');
    const right = await give(new URLSearchParams({ pin }));
    expect([right.status, right.headers.get('location')]).toEqual([303, '/visitor']);
    const cookie = keyOf(right);
    const visitor = await get({ ...elsewhere, cookie });
    expect(await visitor.text()).toContain('controller/visitor');
    // Browsers keep it for a year from now again.
    expect(keyOf(visitor)).toBe(cookie);
  });

  it('says how long to wait to whoever guesses, and takes not even the right one meanwhile', async () => {
    for (let i = 0; i < 5; i++) await give(new URLSearchParams({ pin: `${i}` }));
    const response = await give(new URLSearchParams({ pin }));
    expect(await response.text()).toMatch(/Please wait \d+ s/);
    expect(response.headers.get('set-cookie')).toBeNull();
    const another = await give(new URLSearchParams({ pin }), { 'x-forwarded-for': '192.168.1.77, 192.168.1.78' });
    expect(another.status).toBe(303);
  });

  it('says that a PIN of fewer than six characters is taken on this computer only, in every language', async () => {
    await http.close();
    await serve('4711');
    for (const language of ['en', 'de', 'fr'] as const) {
      const response = await give(new URLSearchParams({ pin: '4711' }), { ...elsewhere, 'accept-language': language });
      expect(response.headers.get('set-cookie')).toBeNull();
      expect(await response.text()).toContain(builtInTexts[language].pairTooShort);
    }
    expect((await give(new URLSearchParams({ pin: '4711' }), {})).status).toBe(303);
  });

  it('takes no form from another web page, none that is too long, and nothing that is no form', async () => {
    const crossSite = await give(new URLSearchParams({ pin }), { ...elsewhere, 'sec-fetch-site': 'cross-site' });
    expect(crossSite.status).toBe(403);
    expect((await give('x'.repeat(100_000))).status).toBe(413);
    expect(await (await give('\0%%%\xff')).text()).toContain('That is not the PIN.');
    expect((await fetch(base, { method: 'PUT' })).status).toBe(405);
    expect((await get(elsewhere)).status).toBe(200);
  });
});
