import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { FamiliarError, messageOf } from '../errors.ts';
import type { ChainPort } from '../installation/ports.ts';
import type { OwnHosts } from '../protocol/hosts.ts';
import { isPlainFromElsewhere } from '../protocol/loopback.ts';
import type { Identity } from '../protocol/places.ts';
import { type FacePicture, routes } from '../protocol/routes.ts';
import { type Answer, decoded, image, notFound, send, text } from './answer.ts';
import { type Authority, answerCertificate } from './certificate-page.ts';
import { followConnections } from './connections.ts';
import { answerCurator } from './curator-page.ts';
import { answerDisplay } from './display-page.ts';
import type { PairingGate } from './pairing-gate.ts';
import { plainPages, plainTemplate } from './plain-page.ts';
import { answerReceipt, type ReceiptChain, type ReceiptOptions } from './receipts.ts';
import { addTls, type TlsCredentials } from './secure.ts';
import { answerVisitor } from './visitor-page.ts';

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  /** For https, beside http at the same port; only http where it is left out. */
  readonly tls?: TlsCredentials;
  /** The authority behind `tls`, where devices must be made to trust it first. */
  readonly authority?: Authority;
  /** The built pages, see `loadPages`. */
  readonly pages: (path: string) => Answer | undefined;
  readonly pairing: PairingGate;
  /** Who makes a request: connections of strangers are few, and the first to go. */
  readonly identify: (request: IncomingMessage) => Identity;
  /** A request under a name that is not ours gets nothing but a sentence. */
  readonly hosts: OwnHosts;
  readonly chain: Pick<ChainPort, 'picture'> & ReceiptChain;
  readonly texts: ReceiptOptions['texts'];
  readonly languages: ReceiptOptions['languages'];
  readonly onForgotten?: ReceiptOptions['onForgotten'];
  /** The portrait of the visit in hand, JPEG, by its secret. */
  readonly portrait: (token: string) => Uint8Array | null;
  /** What a display showed a moment ago, JPEG or WebP. */
  readonly thumbnail: (display: string, query: string) => Uint8Array | null;
  /** Anything that becomes JSON. */
  readonly health: () => unknown;
  /** WebSocket routes; socket.io attaches itself to `server`. */
  readonly upgrades: Readonly<Record<string, Upgrade>>;
}

export interface HttpServer {
  /** For socket.io to attach to. */
  readonly server: Server;
  /** Throws PORT_IN_USE or PORT_REFUSED, naming what to do. */
  listen(): Promise<{ readonly port: number }>;
  /** Uses another certificate from now on. */
  renew(credentials: TlsCredentials): void;
  close(): Promise<void>;
}

/** Pages whose device has a camera or a PIN: over https wherever there is one. So is every form that asks for the PIN. */
const secured: readonly string[] = [routes.visitor, routes.curator];
const pictures: readonly FacePicture[] = ['final.webp', 'thumbnail.webp'];

/** The pages and pictures over HTTP, and the way to the WebSockets. Starts nothing before `listen`. */
export function createHttpServer(options: HttpOptions): HttpServer {
  const { pages, pairing, texts } = options;
  const write = plainPages(String(pages(plainTemplate)?.body ?? ''));
  const partsOf = (route: string) => ({ pairing, page: pages(route) ?? notFound, write, texts });
  const special: Special = {
    receipt: answerReceipt({ ...options, write }),
    pages: {
      [routes.display]: answerDisplay(partsOf(routes.display)),
      [routes.visitor]: answerVisitor(partsOf(routes.visitor)),
      [routes.curator]: answerCurator(partsOf(routes.curator)),
    },
  };
  const handle = (request: IncomingMessage, response: Parameters<typeof send>[0]) => {
    void answer(options, special, request)
      .catch((error): Answer => {
        // What went wrong is for the log; a visitor's phone gets a sentence.
        // Without what follows: it may be the secret of a receipt.
        const [route] = /^\/[^/]*/.exec(urlOf(request).pathname) ?? [];
        process.stderr.write(`${route}: ${messageOf(error)}\n`);
        return text(500, 'Something went wrong. Please try again.\n');
      })
      .then((result) => send(response, result, request.method === 'HEAD'));
  };
  const server = createServer(handle);
  const connections = followConnections(server, options.identify);
  const tls = options.tls && addTls(server, options.tls);
  // Tablets sleep with connections open; a slow request must not hold one for ever.
  server.headersTimeout = 20_000;
  server.requestTimeout = 30_000;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { pathname } = urlOf(request);
    if (pathname.startsWith(routes.control)) return;
    socket.on('error', () => socket.destroy());
    const upgrade = Object.hasOwn(options.upgrades, pathname) ? options.upgrades[pathname] : undefined;
    if (upgrade === undefined)
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n', () => socket.destroy());
    else upgrade(request, socket, head);
  });
  return {
    server,
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, options)));
        server.listen(options.port, options.host, () => {
          server.removeAllListeners('error');
          resolve({ port: (server.address() as AddressInfo).port });
        });
      }),
    renew: (credentials) => tls?.renew(credentials),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        connections.end();
      }),
  };
}

/** What is more than a file or a picture. */
interface Special {
  readonly receipt: ReturnType<typeof answerReceipt>;
  /** Pages that pair devices, by their routes. */
  readonly pages: Readonly<Record<string, (request: IncomingMessage, url: URL) => Promise<Answer>>>;
}

async function answer(options: HttpOptions, specials: Special, request: IncomingMessage): Promise<Answer> {
  const refusal = options.hosts.refusal(request);
  if (refusal !== null) return text(421, `${refusal}\n`);
  const url = urlOf(request);
  const { pathname } = url;
  const isReceipt = pathname.startsWith(routes.receipt);
  // What holds for a page holds for it with a slash as well.
  const route = pathname.replace(/(?<=.)\/$/, '');
  const special = Object.hasOwn(specials.pages, route) ? specials.pages[route] : undefined;
  // Both have forms.
  const methods = isReceipt || special ? ['GET', 'HEAD', 'POST'] : ['GET', 'HEAD'];
  if (!methods.includes(request.method ?? '')) return text(405, 'Not here.\n');
  if (isReceipt) return specials.receipt(request, url);
  const host = hostOf(request);
  const wantsPin = secured.includes(route) || request.method === 'POST' || url.searchParams.has('pair');
  if (options.tls && wantsPin && host !== null && isPlainFromElsewhere(request)) {
    return { ...text(307, 'Over https, please.\n'), headers: { location: `https://${host}${pathname}${url.search}` } };
  }
  if (special) return special(request, url);
  const page = options.pages(pathname);
  if (page !== undefined) return page;
  const certificate = options.authority && answerCertificate(pathname, host ?? 'localhost', options.authority);
  if (certificate !== undefined) return certificate;
  if (pathname === routes.health) {
    return { status: 200, type: 'application/json', body: JSON.stringify(options.health()), cache: 'never' };
  }
  if (!options.pairing.admits(request, pathname.startsWith(routes.thumbnails) ? 'curator' : 'display')) return notFound;
  if (pathname.startsWith(routes.faces)) {
    const [id, name] = pathname.slice(routes.faces.length).split('/').map(decoded);
    const picture = pictures.find((known) => known === name);
    return picture === undefined ? notFound : image(await options.chain.picture(id, picture), 'image/webp');
  }
  if (pathname.startsWith(routes.portrait)) {
    return image(options.portrait(pathname.slice(routes.portrait.length)), 'image/jpeg');
  }
  if (pathname.startsWith(routes.thumbnails)) {
    const bytes = options.thumbnail(decoded(pathname.slice(routes.thumbnails.length)), url.search.slice(1));
    return image(bytes, bytes?.[0] === 0xff ? 'image/jpeg' : 'image/webp');
  }
  return notFound;
}

function urlOf(request: IncomingMessage): URL {
  try {
    return new URL((request.url ?? '/').slice(0, 2000), 'http://localhost');
  } catch {
    return new URL('http://localhost/%00');
  }
}

/** What the browser called us, with the port; null where that is no name of ours to repeat. */
function hostOf({ headers }: IncomingMessage): string | null {
  return /^[\w.-]+(:\d+)?$|^\[[\da-fA-F:.]+\](:\d+)?$/.test(headers.host ?? '') ? (headers.host as string) : null;
}

function listenError(error: NodeJS.ErrnoException, { host, port }: HttpOptions): FamiliarError {
  if (error.code === 'EADDRINUSE') {
    return new FamiliarError(
      'PORT_IN_USE',
      `Port ${port} is in use: is the piece running already? Close the other program, or set another 'port' under 'server' in installation.yaml.`,
      { cause: error },
    );
  }
  return new FamiliarError(
    'PORT_REFUSED',
    `Cannot listen on ${host}:${port} (${error.message}). Set 'host' and 'port' under 'server' in installation.yaml.`,
    { cause: error },
  );
}
