import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitingLimits } from '../../server/control/waiting-devices.ts';
import { createHttpServer, type HttpServer } from '../../server/http/http-server.ts';
import { loadPages } from '../../server/http/pages.ts';
import { builtInTexts } from '../../server/protocol/texts.ts';
import { devicesOf } from '../control/devices-of.ts';
import { writeBarePages } from '../live/bare-pages.ts';
import { pin, quietServer } from './quiet-server.ts';

let folder: string;
let http: HttpServer;
let base: string;
let paired: ReturnType<typeof devicesOf>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'familiar-faces-display-'));
  paired = devicesOf({ pin });
  http = createHttpServer({
    ...quietServer,
    pairing: paired.pairing,
    host: '127.0.0.1',
    port: 0,
    pages: loadPages(await writeBarePages(folder)),
    chain: {
      picture: async () => Uint8Array.of(1),
      byReceipt: () => null,
      forget: async () => false,
      wasForgotten: async () => false,
    },
    portrait: () => Uint8Array.of(0xff, 0xd8),
    thumbnail: () => Uint8Array.of(0xff, 0xd8),
  });
  base = `http://127.0.0.1:${(await http.listen()).port}`;
});
afterEach(async () => {
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As a proxy on this computer asks for somebody else. */
const elsewhere = { 'x-forwarded-for': '192.168.1.77' };
const get = (path: string, headers: Record<string, string> = elsewhere, method = 'GET') =>
  fetch(base + path, { method, headers, redirect: 'manual' });
const give = (path: string, ownPin: string, headers: Record<string, string> = elsewhere) =>
  fetch(base + path, { method: 'POST', body: new URLSearchParams({ pin: ownPin }), headers, redirect: 'manual' });
const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? '';
const codeIn = (page: string) => /class="code">(\d{3}) <span>(\d{3})</.exec(page)?.slice(1).join('') ?? null;
const waiting = () => paired.waiting.list(paired.clock.now);
const wall = '<title>display</title>';

describe('the wall’s page', () => {
  it('is open on the computer of the piece', async () => {
    expect(await (await get('/', {})).text()).toBe(wall);
    expect(waiting()).toEqual([]);
  });

  it('shows a code elsewhere, in the language of the browser and without a script, until it is typed in', async () => {
    const first = await get('/?name=left', { ...elsewhere, 'accept-language': 'fr-CH' });
    const page = await first.text();
    expect(page).toContain('<html lang="fr">');
    expect(page).toContain(builtInTexts.fr.wallPairText);
    expect(page).not.toContain('<script');
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect(first.headers.get('refresh')).toBe('4');
    const code = codeIn(page) as string;
    const cookie = cookieOf(first);
    const again = await get('/?name=left', { ...elsewhere, cookie });
    expect(codeIn(await again.text())).toBe(code);
    expect(waiting()).toMatchObject([{ name: 'left', address: '192.168.1.77' }]);
    expect(paired.pairing.confirm(code)).toBe(true);
    const opened = await get('/?name=left', { ...elsewhere, cookie });
    expect(await opened.text()).toBe(wall);
    expect(opened.headers.get('refresh')).toBeNull();
    expect(cookieOf(opened), 'browsers keep it for a year from now').toBe(cookie);
    expect(codeIn(await (await get('/')).text()), 'another browser must be paired too').not.toBeNull();
  });

  it('takes the PIN in its place', async () => {
    const asked = await (await get('/?name=left&pair=pin')).text();
    expect(asked).toContain('action="/?name=left"');
    expect(asked).toContain('name="pin"');
    const wrong = await give('/?name=left', '471109');
    expect(wrong.headers.get('set-cookie')).toBeNull();
    expect(await wrong.text()).toContain(builtInTexts.en.pairWrong);
    const right = await give('/?name=left', pin);
    expect([right.status, right.headers.get('location')]).toEqual([303, '/?name=left']);
    expect(await (await get('/?name=left', { ...elsewhere, cookie: cookieOf(right) })).text()).toBe(wall);
    expect(paired.devices.list(() => false)).toMatchObject([{ kind: 'display', name: 'left' }]);
    expect((await give('/', pin, { ...elsewhere, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await give('/', pin, { ...elsewhere, 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await give('/', '9'.repeat(2_000))).status).toBe(413);
  });

  it('lets nobody wait who only looks whether the server is there', async () => {
    const head = await get('/', elsewhere, 'HEAD');
    expect([head.status, head.headers.get('set-cookie')]).toEqual([200, null]);
    expect(waiting()).toEqual([]);
  });

  it('says so where too many wait, and still takes the PIN', async () => {
    for (let k = 0; k < waitingLimits.all; k++) await get('/', { 'x-forwarded-for': `10.0.0.${k}` });
    const page = await (await get('/')).text();
    expect(page).toContain(builtInTexts.en.wallPairFull);
    expect(codeIn(page)).toBeNull();
    expect(page).toContain('href="/?pair=pin"');
    expect((await give('/', pin)).status).toBe(303);
  });

  it('repeats nothing of the address but what the wall knows', async () => {
    const query = `?name=${encodeURIComponent('"><b>')}&evil=1&size=512`;
    const page = await (await get(`/${query}`)).text();
    expect(page).not.toContain('<b>');
    expect(page).not.toContain('evil');
    expect(page).toContain('size=512');
    expect(waiting()).toMatchObject([{ name: 'main' }]);
  });
});

describe('what displays see', () => {
  const paths = ['/faces/a-face/final.webp', '/faces/a-face/thumbnail.webp', '/portrait/p1'];
  const status = (path: string, cookie = '') => get(path, { ...elsewhere, cookie }).then((response) => response.status);

  it('is for paired devices only: stills, photographs, and what other displays show', async () => {
    for (const path of [...paths, '/thumbnails/wall?secret']) expect(await status(path), path).toBe(404);
    const asked = await get('/');
    for (const path of paths) expect(await status(path, cookieOf(asked)), path).toBe(404);
    paired.pairing.confirm(codeIn(await asked.text()) as string);
    for (const path of paths) expect(await status(path, cookieOf(asked)), path).toBe(200);
    expect(await status('/thumbnails/wall?secret', cookieOf(asked)), 'curators alone').toBe(404);
    paired.devices.remove(paired.devices.list(() => false)[0].id);
    for (const path of paths) expect(await status(path, cookieOf(asked)), path).toBe(404);
  });
});

describe('the curator’s page', () => {
  it('makes a browser elsewhere a curator’s device by the PIN, which may then see thumbnails', async () => {
    expect(await (await get('/curator')).text()).toContain('controller/curator');
    const wrong = await give('/curator', '471109');
    expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([403, null]);
    expect(await wrong.json()).toMatchObject({ code: 'pin', reason: expect.any(String) });
    const right = await give('/curator', pin);
    expect(right.status).toBe(204);
    const headers = { ...elsewhere, cookie: cookieOf(right) };
    expect((await get('/thumbnails/wall?secret', headers)).status).toBe(200);
    expect(paired.devices.list(() => false)).toMatchObject([{ kind: 'curator' }]);
    expect((await give('/curator', pin, {})).status, 'on this computer').toBe(204);
    expect(paired.devices.list(() => false)).toHaveLength(1);
  });

  it('says how long to wait to whoever guesses', async () => {
    for (let i = 0; i < 5; i++) await give('/curator', `${i}`);
    const waits = await (await give('/curator', pin)).json();
    expect(waits).toMatchObject({ code: 'rate-limited', retryAfter: expect.any(Number) });
  });
});
