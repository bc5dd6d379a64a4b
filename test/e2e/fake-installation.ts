import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Socket as ServerSocket, Server as SocketServer } from 'socket.io';
import { type Command, type CommandAnswer, parseCommand } from '../../server/protocol/commands.ts';
import {
  type ClientEvents,
  type ConnectRefusal,
  type DisplayReport,
  type Hello,
  parseHello,
  type ServerEvents,
} from '../../server/protocol/messages.ts';
import { routes } from '../../server/protocol/routes.ts';
import type { CuratorState, InstallationState, LogLine, StateUpdate } from '../../server/protocol/snapshot.ts';
import { sampleCurator, sampleState } from '../controller/sample-state.ts';
import { FakeStreams } from './fake-streams.ts';

type PageSocket = ServerSocket<ClientEvents, ServerEvents, Record<string, never>, { hello: Hello }>;

export interface Given {
  readonly command: Command;
  readonly client: string;
}

/** What is served at an address: bytes and their type, or null for 404. */
type Picture = (url: URL) => Promise<{ readonly bytes: Buffer; readonly type: string } | null>;

/**
 * An installation that is only a front: it serves the built pages and speaks the protocol, says what a test wants it to
 * say, and is late, forgetful, rude or of another version when a test wants that.
 */
export class FakeInstallation {
  state: InstallationState = sampleState();
  curator: CuratorState = sampleCurator();
  readonly pin = '2468';
  /** Commands as they came, in order. */
  readonly given: Given[] = [];
  readonly forgotten: string[] = [];
  /** What displays told of themselves, and showed. */
  readonly reports: DisplayReport[] = [];
  readonly thumbnails: Buffer[] = [];
  /** How a command is answered; null is never. */
  answer: (given: Given) => CommandAnswer | null | Promise<CommandAnswer | null> = () => ({ status: 'done' });
  /** Refuses every connection, where it is not null. */
  refusal: ConnectRefusal | null = null;
  /** Hears nothing, answers nothing, and leaves connections open. */
  deaf = false;
  /** Connections that were asked for. */
  tries = 0;
  /** Pages that were loaded. */
  loads = 0;
  picture: Picture = async () => null;
  readonly streams = new FakeStreams();

  private readonly http: Server;
  private readonly io: SocketServer<ClientEvents, ServerEvents, Record<string, never>, { hello: Hello }>;
  private readonly pages: string | null;

  /** `pages` is the folder of the built pages, null where only sockets are wanted. */
  constructor(pages: string | null) {
    this.pages = pages;
    this.http = createServer((request, response) => void this.serve(request, response));
    this.io = new SocketServer(this.http, { path: routes.control, destroyUpgrade: false });
    this.streams.attach(this.http);
    this.io.use((socket, next) => this.admit(socket as PageSocket, next));
    this.io.on('connection', (socket) => this.welcome(socket as PageSocket));
  }

  /** Listens on a free port, or on a given one; gives the origin. */
  async start(port = 0): Promise<string> {
    this.http.listen(port, '127.0.0.1');
    await once(this.http, 'listening');
    return `http://localhost:${(this.http.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.streams.close();
    await this.io.close();
  }

  /** As new, for the next test. */
  reset(state: InstallationState): void {
    this.state = state;
    this.curator = sampleCurator();
    this.given.length = 0;
    this.forgotten.length = 0;
    this.answer = () => ({ status: 'done' });
    this.refusal = null;
    this.deaf = false;
    this.tries = 0;
    this.loads = 0;
    this.streams.reset();
  }

  /** Changes the state and tells all pages; `skip` updates are lost on the way. */
  change(changes: Partial<InstallationState>, skip = 0): void {
    const { curator: _, ...rest } = changes;
    const now = Date.now();
    this.state = { ...this.state, ...rest, revision: this.state.revision + 1 + skip, now };
    this.send({ revision: this.state.revision, now, changes: rest });
  }

  changeCurator(curator: Partial<CuratorState>): void {
    this.curator = { ...this.curator, ...curator };
    this.state = { ...this.state, revision: this.state.revision + 1, now: Date.now() };
    this.send({ revision: this.state.revision, now: this.state.now, changes: {}, curator });
  }

  /** The same as a live parameter changed by somebody else. */
  setParameter(key: string, value: number | boolean | string): void {
    this.change({ parameters: { ...this.state.parameters, [key]: value } });
  }

  log(...lines: LogLine[]): void {
    this.io.emit('log', lines);
  }

  /** Tells all pages to load themselves again, as after an upgrade. */
  reload(): void {
    this.io.emit('reload');
  }

  /** Sends any pages something that is no update. */
  garbage(value: unknown): void {
    this.io.emit('update', value as StateUpdate);
  }

  /** Tells displays whether a curator looks. */
  watch(wanted: boolean): void {
    this.io.emit('watch', wanted);
  }

  /** Cuts all connections; pages may come back at once. */
  cut(): void {
    for (const socket of this.io.sockets.sockets.values()) socket.conn.close();
    this.streams.cut();
  }

  get connections(): number {
    return this.io.sockets.sockets.size;
  }

  private send(update: StateUpdate): void {
    for (const socket of this.io.sockets.sockets.values()) {
      const curator = socket.data.hello.role === 'curator';
      const { curator: parts, ...open } = update;
      socket.emit('update', curator && parts ? update : open);
    }
  }

  private admit(socket: PageSocket, next: (error?: Error) => void): void {
    this.tries += 1;
    const hello = parseHello(socket.handshake.auth);
    const pin = hello.ok && hello.value.role === 'curator' && hello.value.pin !== this.pin;
    const refusal =
      this.refusal ??
      (hello.ok ? null : { code: hello.code, reason: hello.reason }) ??
      (pin ? { code: 'pin' as const, reason: 'The PIN is wrong.' } : null);
    if (hello.ok) socket.data.hello = hello.value;
    next(refusal ? Object.assign(new Error(refusal.reason), { data: refusal }) : undefined);
  }

  private welcome(socket: PageSocket): void {
    const { role, client } = socket.data.hello;
    const whole = () =>
      socket.emit('state', { ...this.state, now: Date.now(), curator: role === 'curator' ? this.curator : null });
    whole();
    socket.on('sync', whole);
    socket.on('time', (answer) => {
      if (!this.deaf) answer(Date.now());
    });
    socket.on('report', (report) => this.reports.push(report));
    socket.on('thumbnail', (picture) => this.thumbnails.push(Buffer.from(picture as Uint8Array)));
    socket.on('command', async (value, acknowledge) => {
      const source = role === 'curator' ? 'curator' : 'visitor';
      const read = parseCommand(value, source);
      if (!read.ok) return acknowledge({ status: 'refused', code: read.code, reason: read.reason });
      const given = { command: read.value, client };
      this.given.push(given);
      const answer = await this.answer(given);
      if (answer) acknowledge(answer);
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST' && url.pathname.endsWith('/forget')) {
      this.forgotten.push(url.pathname);
      response.writeHead(200).end();
      return;
    }
    // A PIN before the socket's: here that one alone is looked at.
    if (request.method === 'POST' && url.pathname === routes.curator) {
      response.writeHead(204).end();
      return;
    }
    const found = (await this.page(url.pathname)) ?? (await this.picture(url));
    if (!found) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': found.type, 'cache-control': 'no-store' }).end(found.bytes);
  }

  private async page(path: string): Promise<{ bytes: Buffer; type: string } | null> {
    const files: Record<string, string> = {
      [routes.display]: 'display/index.html',
      [routes.visitor]: 'controller/visitor/index.html',
      [routes.curator]: 'controller/curator/index.html',
    };
    if (files[path]) this.loads += 1;
    const file = files[path] ?? (path.startsWith(routes.assets) ? path.slice(1) : null);
    if (!file || !this.pages || file.includes('..')) return null;
    const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
    const type = types[extname(file)] ?? 'application/octet-stream';
    return readFile(join(this.pages, file)).then(
      (bytes) => ({ bytes, type }),
      () => null,
    );
  }
}
