import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority, makeServerCertificate } from '../../server/certificate/x509.ts';
import { createHttpServer, type HttpServer } from '../../server/http/http-server.ts';
import { loadPages } from '../../server/http/pages.ts';
import { builtInTexts } from '../../server/protocol/texts.ts';
import { quietServer } from './quiet-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'familiar-faces-http-'));
const faces = new Map([['a-face', { id: 'a-face', visitor: 12, at: Date.UTC(2026, 5, 1), likeness: 0.7 }]]);
const forgotten: string[] = [];
let http: HttpServer;
let base: string;

beforeAll(async () => {
  for (const page of ['display', 'controller/visitor', 'controller/curator']) {
    mkdirSync(join(folder, page), { recursive: true });
    writeFileSync(join(folder, page, 'index.html'), `<!doctype html><title>${page}</title>`);
  }
  mkdirSync(join(folder, 'controller/plain'), { recursive: true });
  copyFileSync(
    fileURLToPath(new URL('../../controller/plain/index.html', import.meta.url)),
    join(folder, 'controller/plain/index.html'),
  );
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'assets', 'wall-a1b2.js'), 'export {};');
  writeFileSync(join(folder, 'secret.pem'), 'no');
  http = createHttpServer(options(0));
  base = `http://127.0.0.1:${(await http.listen()).port}`;
});

afterAll(async () => {
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});

function options(port: number): Parameters<typeof createHttpServer>[0] {
  return {
    host: '127.0.0.1',
    port,
    pages: loadPages(folder),
    pairing: quietServer.pairing,
    hosts: quietServer.hosts,
    identify: quietServer.identify,
    chain: {
      picture: async (id) => (faces.has(id) ? Uint8Array.of(1, 2, 3) : null),
      byReceipt: (token) => {
        const face = token === 'token-1' || token === 'early' ? faces.get('a-face') : undefined;
        return face ? { face, finished: token !== 'early' } : null;
      },
      forget: async (id) => faces.delete(id),
      wasForgotten: async (token) => {
        if (token === 'stuck') throw new Error('The disk refuses.');
        return token === 'token-1' && !faces.has('a-face');
      },
    },
    texts: { de: builtInTexts.de, en: builtInTexts.en },
    languages: [
      { code: 'de', label: 'Deutsch' },
      { code: 'en', label: 'English' },
    ],
    onForgotten: (face) => forgotten.push(face),
    portrait: (token) => (token === 'p1' ? Uint8Array.of(0xff, 0xd8) : null),
    thumbnail: (display, query) => (display === 'wall 1' && query === 's3cret' ? Uint8Array.of(0xff, 0xd8) : null),
    health: () => ({ engine: 'ok' }),
    upgrades: { '/frames': (_, socket) => socket.end('HTTP/1.1 426 Here\r\n\r\n') },
  };
}

const get = (path: string, init: RequestInit = {}) => fetch(base + path, { redirect: 'manual', ...init });

describe('pages', () => {
  it.each([
    ['/', 'display'],
    ['/visitor', 'visitor'],
    ['/visitor/', 'visitor'],
    ['/curator', 'curator'],
    ['/curator/', 'curator'],
  ])('%s', async (path, title) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(title);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(response.headers.get('cache-control')).toBe('no-cache');
  });

  it('keeps assets for ever, since their names change with their content', async () => {
    const response = await get('/assets/wall-a1b2.js');
    expect(response.headers.get('content-type')).toContain('javascript');
    expect(response.headers.get('cache-control')).toContain('immutable');
  });

  it.each([
    '/display/index.html',
    '/controller/visitor/index.html',
    '/controller/curator/index.html',
    '/controller/plain/index.html',
    '/secret.pem',
    '/../secret.pem',
    '/%2e%2e/package.json',
    '/assets/',
    '/nothing',
    '/faces/a-face/../x',
    '/%',
  ])('gives nothing at %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it.each(['/', '/visitor', '/health', '/faces/a-face/final.webp', '/receipt/token-1', '/nothing'])(
    'gives nothing but a sentence at %s under a name that is not ours (DNS rebinding)',
    async (path) => {
      const ask = async (host: string) => {
        const socket = connect(Number(new URL(base).port), '127.0.0.1');
        socket.end(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
        return (await socket.toArray()).join('');
      };
      expect(await ask('evil.example')).toMatch(
        /^HTTP\/1.1 421 [\s\S]*\r\n\r\nThis computer is not known as "evil\.example"\. .*installation\.yaml\.\n$/,
      );
      expect(await ask('museum:8080')).not.toMatch(/^HTTP\/1.1 421/);
    },
  );

  it('refuses other methods', async () => {
    for (const path of ['/health', '/faces/a-face/final.webp']) {
      expect((await get(path, { method: 'POST' })).status).toBe(405);
    }
    expect((await get('/', { method: 'DELETE' })).status).toBe(405);
    expect((await get('/', { method: 'HEAD' })).status).toBe(200);
  });

  it('says when the receipt’s page is not what was built', () => {
    const pages = (path: string) => (path.includes('plain') ? undefined : loadPages(folder)(path));
    expect(() => createHttpServer({ ...options(0), pages })).toThrow(/npm run build/);
  });

  it('says when they were not built', () => {
    expect(() => loadPages(join(folder, 'nowhere'))).toThrow(/npm run build/);
  });
});

describe('pictures', () => {
  it.each([
    ['/faces/a-face/final.webp', 200],
    ['/faces/a-face/face.json', 404],
    ['/faces/other/final.webp', 404],
    ['/portrait/p1', 200],
    ['/portrait/p2', 404],
    ['/thumbnails/wall%201?s3cret', 200],
    ['/thumbnails/wall%201?guess', 404],
  ])('%s: %i', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  it('answers health for machines', async () => {
    expect(await (await get('/health')).json()).toEqual({ engine: 'ok' });
  });
});

describe('receipts', () => {
  it('show the face in the language of the phone', async () => {
    const german = await (await get('/receipt/token-1', { headers: { 'accept-language': 'de-AT,de;q=0.9' } })).text();
    expect(german).toContain('lang="de"');
    expect(german).toContain('src="/receipt/token-1/final.webp"');
    expect(german).toContain('12');
    expect(await (await get('/receipt/token-1', { headers: { 'accept-language': 'en' } })).text()).toContain(
      '1 June 2026',
    );
    const early = await get('/receipt/early');
    expect(await early.text()).toContain(builtInTexts.de.receiptSoon);
    expect(early.headers.get('refresh')).toBe('10');
    expect((await get('/receipt/wrong')).status).toBe(404);
  });

  it('show the picture to whoever has the code, and to nobody else', async () => {
    const phone = { headers: { 'x-forwarded-for': '192.168.1.77' } };
    const picture = await get('/receipt/token-1/final.webp', phone);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/webp']);
    expect(picture.headers.get('cache-control')).toBe('no-store');
    expect(new Uint8Array(await picture.arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
    for (const path of ['/receipt/wrong/final.webp', '/receipt/early/final.webp', '/faces/a-face/final.webp']) {
      expect((await get(path, phone)).status, path).toBe(404);
    }
  });

  it('show it in the language that was chosen on the tablet, whatever the phone speaks, to the end', async () => {
    const germanPhone = { headers: { 'accept-language': 'de' } };
    const page = await (await get('/receipt/token-1?language=en', germanPhone)).text();
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('href="/receipt/token-1?language=de"');
    expect(page).toContain('name="language" value="en"');
    const asked = await (await get('/receipt/token-1?language=en&forget=ask', germanPhone)).text();
    expect(asked).toContain(builtInTexts.en.receiptForgetSure);
    expect(asked).toContain('action="/receipt/token-1/forget?language=en"');
    const unknown = await get('/receipt/wrong?language=xx"><script>', germanPhone);
    expect(await unknown.text()).toContain(builtInTexts.de.receiptUnknown);
  });

  it('ask before they delete, and then delete for good', async () => {
    const asked = await (await get('/receipt/token-1?forget=ask')).text();
    expect(asked).toContain('method="post" action="/receipt/token-1/forget?language=de"');
    expect(faces.has('a-face')).toBe(true);
    // A link in a chat must not delete by being looked at.
    expect((await get('/receipt/token-1/forget')).status).toBe(303);
    expect(faces.has('a-face')).toBe(true);
    const gone = await get('/receipt/token-1/forget', { method: 'POST' });
    expect(await gone.text()).toContain(builtInTexts.de.receiptForgotten);
    expect(forgotten).toEqual(['a-face']);
    const twice = await get('/receipt/token-1/forget', { method: 'POST' });
    expect(await twice.text()).toContain(builtInTexts.de.receiptForgotten);
    expect(forgotten).toHaveLength(1);
    expect((await get('/receipt/token-1')).status).toBe(404);
  });

  it('say that a face is deleted only where it is', async () => {
    const unknown = await get('/receipt/wrong/forget', { method: 'POST' });
    expect(unknown.status).toBe(404);
    expect(await unknown.text()).toContain(builtInTexts.de.receiptUnknown);
    const refused = await get('/receipt/stuck/forget', { method: 'POST' });
    expect(refused.status).toBe(500);
    expect(await refused.text()).not.toContain(builtInTexts.de.receiptForgotten);
  });

  it('survive any address, and show none of it unescaped', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 60 }), async (token) => {
        const response = await get(`/receipt/${encodeURIComponent(`<script>${token}`)}`);
        expect(response.status).toBe(404);
        expect(await response.text()).not.toContain('<script');
      }),
      { numRuns: 40 },
    );
  });
});

describe('bad luck', () => {
  it('says that the port is in use, and what to do', async () => {
    const port = Number(new URL(base).port);
    await expect(createHttpServer(options(port)).listen()).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringMatching(/running already.*installation\.yaml/),
    });
  });

  it('survives garbage and unknown upgrades', async () => {
    const port = Number(new URL(base).port);
    for (const bytes of [
      '\0\0\0\0\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      `GET /${'x'.repeat(50_000)} HTTP/1.1\r\n\r\n`,
      'GET /nowhere HTTP/1.1\r\nHost: museum\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
        socket
          .on('error', () => resolve())
          .resume()
          .on('close', () => resolve());
      });
    }
    expect((await get('/')).status).toBe(200);
  });
});

const authority = await makeAuthority('Familiar Faces on test', Date.now());
const { certificate: cert, key } = await makeServerCertificate(authority, ['127.0.0.1'], Date.now());

describe('over https', () => {
  const elsewhere = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  if (!elsewhere) console.log('Plain http from another computer is not tried: this machine has no network.');
  let both: HttpServer;
  let port: number;

  beforeAll(async () => {
    faces.set('a-face', { id: 'a-face', visitor: 12, at: 0, likeness: 0.7 });
    const trust = { der: new X509Certificate(authority.certificate).raw, fingerprint: 'AB:CD' };
    both = createHttpServer({ ...options(0), host: '0.0.0.0', tls: { cert, key }, authority: trust });
    ({ port } = await both.listen());
  });
  afterAll(() => both.close());

  const plain = (path: string, host = '127.0.0.1') => fetch(`http://${host}:${port}${path}`, { redirect: 'manual' });

  it('gives its authority to devices that do not trust it yet, and says what to do with it', async () => {
    const file = await plain('/certificate/familiar-faces.crt');
    expect(file.headers.get('content-type')).toBe('application/x-x509-ca-cert');
    expect(new X509Certificate(Buffer.from(await file.arrayBuffer())).ca).toBe(true);
    const page = await (await plain('/certificate')).text();
    expect(page).toContain('AB:CD');
    expect(page).toContain(`https://127.0.0.1:${port}/visitor`);
    expect((await plain('/certificate/server-key.pem')).status).toBe(404);
    expect((await get('/certificate')).status).toBe(404);
  });

  it('repeats no name that is none', async () => {
    const body = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('GET /certificate HTTP/1.1\r\nHost: <script>alert(1)</script>\r\nConnection: close\r\n\r\n'),
      );
      let text = '';
      socket.on('data', (data) => {
        text += data;
      });
      socket.on('close', () => resolve(text));
    });
    expect(body).not.toContain('<script>');
  });

  it.skipIf(!elsewhere)('sends tablets to https, and serves walls and receipts over http as well', async () => {
    const response = await plain('/visitor?language=de', elsewhere);
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe(`https://${elsewhere}:${port}/visitor?language=de`);
    for (const path of ['/visitor/', '/curator', '/curator/']) {
      expect((await plain(path, elsewhere)).status, path).toBe(307);
    }
    for (const path of ['/', '/receipt/early', '/certificate']) {
      expect((await plain(path, elsewhere)).status, path).toBe(200);
    }
    expect((await plain('/visitor')).status).toBe(200);
  });
});
