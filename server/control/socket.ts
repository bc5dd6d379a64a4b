import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { Server, type Socket } from 'socket.io';
import { messageOf } from '../errors.ts';
import type { Off } from '../installation/ports.ts';
import type { Change, Installation } from '../installation/runner.ts';
import { type CommandAnswer, parseCommand } from '../protocol/commands.ts';
import type { DeviceKind } from '../protocol/devices.ts';
import type { OwnHosts } from '../protocol/hosts.ts';
import { isPlainFromElsewhere } from '../protocol/loopback.ts';
import {
  type ClientEvents,
  type ConnectRefusal,
  displayLimits,
  type Hello,
  parseHello,
  type Role,
  type ServerEvents,
} from '../protocol/messages.ts';
import { pinRefusal } from '../protocol/pin-refusal.ts';
import { type Identity, Places } from '../protocol/places.ts';
import { type RefusalCode, refusalCodes } from '../protocol/refusals.ts';
import { routes } from '../protocol/routes.ts';
import type { CurvePoint } from '../protocol/snapshot.ts';
import type { Control } from './control.ts';
import type { Devices } from './devices.ts';
import type { Displays } from './displays.ts';
import type { LogBook } from './log-book.ts';
import type { PinGuard } from './pin-guard.ts';
import { socketRefusal } from './same-origin.ts';
import { StateFeed } from './state-feed.ts';
import type { StateView } from './state-view.ts';
import { TokenBucket } from './token-bucket.ts';

export const socketLimits = {
  /** Connections, also those that have not said yet what they are. */
  places: { all: 220, forHere: 40, fromDevice: 40, strangers: 16, fromStranger: 4 },
  /** Of them for curators, whom nobody can lock out by opening pages. */
  curators: 20,
  /** Largest message, bytes: a thumbnail and what surrounds it. */
  message: 2 * displayLimits.thumbnail,
  /** Commands and other messages a second from one page, and at once. */
  rate: 60,
  burst: 120,
  /** How many commands one that is dear costs: the whole state, or a picture. */
  dear: 10,
  /** Messages that are not understood before a page is shown out. */
  wrong: 100,
} as const;

/** Changes are gathered for so long, ms, so that what belongs together is told together. */
const gather = 40;

export interface SocketParts {
  readonly view: StateView;
  readonly control: Control;
  readonly installation: Pick<Installation, 'onChange'>;
  readonly displays: Displays;
  readonly log: LogBook;
  readonly pin: PinGuard;
  readonly devices: Devices;
  /** Whether the pages are served over https: PIN and camera then travel no other way. */
  readonly isSecured: boolean;
  readonly hosts: Pick<OwnHosts, 'refusal'>;
  /** Whether the pages are still served with this script; false after an upgrade. */
  readonly isCurrent: (build: string) => boolean;
  readonly now: () => number;
}

/** What a device must be for a page of each role. */
const kinds: Readonly<Record<Role, DeviceKind>> = { display: 'display', visitor: 'tablet', curator: 'curator' };

interface PageData {
  hello: Hello;
  /** Id of the paired device it runs on; null on this computer. */
  device: string | null;
  /** Where it is, see `senderOf`. */
  address: string;
}
/** What carries a page's messages, from its first request on. */
type Connection = Socket['conn'];
type Page = Socket<ClientEvents, ServerEvents, Record<string, never>, PageData>;

/** The pages' side of control: who is connected, what each was told, and what they ask for. */
export class ControlSocket {
  readonly #parts: SocketParts;
  readonly #server: Server<ClientEvents, ServerEvents, Record<string, never>, PageData>;
  readonly #places = new Places<Connection>(socketLimits.places);
  readonly #pages = new Map<string, { readonly page: Page; readonly feed: StateFeed }>();
  #curve: { cleared: boolean; points: CurvePoint[] } = { cleared: false, points: [] };
  #timer: NodeJS.Timeout | null = null;
  #offs: Off[] = [];

  constructor(parts: SocketParts) {
    this.#parts = parts;
    this.#server = new Server({
      path: routes.control,
      serveClient: false,
      maxHttpBufferSize: socketLimits.message,
      pingInterval: 5_000,
      pingTimeout: 5_000,
      connectTimeout: 5_000,
      allowRequest: (request, answer) => {
        const refusal = socketRefusal(request, parts.hosts);
        answer(refusal, refusal === null);
      },
    });
    this.#server.use((page, next) => {
      const refusal = this.#refuse(page);
      next(refusal ? Object.assign(new Error(refusal.reason), { data: refusal }) : undefined);
    });
    this.#server.on('connection', (page) => this.#connected(page));
  }

  start(http: HttpServer | HttpsServer): void {
    this.#server.attach(http);
    this.#server.engine.on('connection', (connection: Connection) => this.#arrived(connection));
    const { installation, log, devices } = this.#parts;
    this.#offs = [
      installation.onChange((change) => this.#installationChanged(change)),
      log.onLine((line) => this.#server.to('curator').emit('log', [line])),
      devices.onChange(() => this.changed()),
      devices.onRemoved((id) => {
        for (const { page } of this.#pages.values()) if (page.data.device === id) page.disconnect(true);
      }),
    ];
  }

  async stop(): Promise<void> {
    for (const off of this.#offs) off();
    if (this.#timer) clearTimeout(this.#timer);
    // Not the whole server, which would close the HTTP server under those who still need it.
    this.#server.disconnectSockets(true);
    this.#server.engine.close();
  }

  get clients(): { readonly tablets: number; readonly curators: number } {
    return { tablets: this.#count('visitor'), curators: this.#count('curator') };
  }

  /** Whether a page is open on a device. */
  isConnected(device: string): boolean {
    for (const { page } of this.#pages.values()) if (page.data.device === device) return true;
    return false;
  }

  /** Something that pages show has changed. */
  changed(): void {
    this.#timer ??= setTimeout(() => this.#flush(), gather);
  }

  #installationChanged({ curve }: Change): void {
    if (curve === 'cleared') this.#curve = { cleared: true, points: [] };
    else if (curve) this.#curve.points.push(...curve);
    this.changed();
  }

  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const curve = this.#curve;
    this.#curve = { cleared: false, points: [] };
    const now = this.#parts.now();
    for (const { page, feed } of this.#pages.values()) {
      const update = feed.update(this.#parts.view.for(page.data.hello), curve, now);
      if (update) page.emit('update', update);
    }
  }

  /** A connection before anything was said. What is refused then ends by itself within `connectTimeout`. */
  #arrived(connection: Connection): void {
    const who = this.#parts.devices.identify(connection.request);
    connection.on('close', () => this.#places.leave(connection));
    if (!this.#enter(connection, who) && !who.isFromHere && who.device === null) end(connection);
  }

  /** Gives a connection a place, and ends those that lose theirs. */
  #enter(connection: Connection, who: Identity): boolean {
    const losers = this.#places.enter(connection, who);
    for (const loser of losers ?? []) end(loser);
    return losers !== null;
  }

  /** Why a page may not connect; null where it may. Leaves its hello, without the PIN, on the page. */
  #refuse(page: Page): ConnectRefusal | null {
    const { pin, devices, now } = this.#parts;
    const hello = parseHello(page.handshake.auth);
    if (!hello.ok) return { code: hello.code, reason: hello.reason };
    const { pin: given = '', ...rest } = hello.value;
    const who = devices.identify(page.request);
    const isCrowded = rest.role !== 'curator' && this.#places.room(who) < socketLimits.curators;
    if (isCrowded || !this.#places.has(page.conn)) return tooMany;
    page.data.hello = rest;
    page.data.device = who.device;
    page.data.address = who.address;
    if (rest.role !== 'display' && this.#parts.isSecured && isPlainFromElsewhere(page.request)) {
      return refusalOf('not-secure');
    }
    const isPaired = devices.admits(page.request, kinds[rest.role]);
    if (rest.role === 'curator') {
      const verdict = pin.check(given, who, now());
      if (!verdict.ok) return pinRefusal(verdict);
    }
    return isPaired ? null : refusalOf('not-paired');
  }

  #connected(page: Page): void {
    const { view, devices, displays, isCurrent, now } = this.#parts;
    const { role, client, name = 'main', build } = page.data.hello;
    // What is waiting to be told belongs to those who were there before.
    this.#flush();
    const feed = new StateFeed();
    this.#pages.set(page.id, { page, feed });
    void page.join(role);
    if (page.data.device !== null) devices.seen(page.data.device, page.data.address);
    if (role === 'display') {
      displays.connect(page.id, name, client, now());
      page.emit('watch', this.#count('curator') > 0);
    }
    if (role === 'curator') this.#server.to('display').emit('watch', true);
    page.emit('state', feed.whole(view.for(page.data.hello), now()));
    if (build !== undefined && !isCurrent(build)) page.emit('reload');
    this.changed();
    this.#listen(page, feed);
    page.on('disconnect', () => {
      this.#pages.delete(page.id);
      if (role === 'display') displays.disconnect(page.id);
      if (role === 'curator' && this.#count('curator') === 0) this.#server.to('display').emit('watch', false);
      this.changed();
    });
  }

  #listen(page: Page, feed: StateFeed): void {
    const { view, devices, displays, now } = this.#parts;
    const { device, address } = page.data;
    const { role, client } = page.data.hello;
    const bucket = new TokenBucket(socketLimits.rate, socketLimits.burst);
    let wrong = 0;
    const isWrong = () => {
      wrong += 1;
      if (wrong > socketLimits.wrong) page.disconnect(true);
    };
    // The types say what pages of ours send; what really comes may be anything.
    const receive = (event: keyof ClientEvents, handle: (argument: unknown, answer: unknown) => void, cost = 1) => {
      page.on(event, (...parts: unknown[]) => {
        const answer = parts.findLast((part) => typeof part === 'function');
        if (bucket.take(now(), cost)) return handle(parts[0], answer);
        isWrong();
        if (event === 'command')
          tell(answer, { status: 'refused', code: 'rate-limited', reason: 'Too fast; wait a moment.' });
      });
    };
    receive('command', async (value, answer) => {
      const result = await this.#execute(value, role, client);
      if (result.status === 'refused' && result.code === 'invalid') isWrong();
      tell(answer, result);
    });
    const sync = () => {
      this.#flush();
      page.emit('state', feed.whole(view.for(page.data.hello), now()));
    };
    receive('sync', sync, socketLimits.dear);
    receive('time', (_, answer) => {
      if (device !== null) devices.seen(device, address);
      tell(answer, now());
    });
    receive('report', (report) => (displays.report(page.id, report) ? this.changed() : isWrong()));
    const keep = (picture: unknown) => (displays.keepThumbnail(page.id, picture) ? this.changed() : isWrong());
    receive('thumbnail', keep, socketLimits.dear);
  }

  async #execute(value: unknown, role: Role, client: string): Promise<CommandAnswer> {
    if (role === 'display') return { status: 'refused', code: 'not-allowed', reason: 'Displays only show.' };
    const command = parseCommand(value, role);
    if (!command.ok) return { status: 'refused', code: command.code, reason: command.reason };
    try {
      const sender = { source: role, client: role === 'visitor' ? client : null } as const;
      return await this.#parts.control.execute(command.value, sender);
    } catch (error) {
      this.#parts.log.write('error', `“${command.value.type}” failed: ${messageOf(error)}`);
      return { status: 'refused', code: 'failed', reason: messageOf(error) };
    }
  }

  #count(role: Role): number {
    let count = 0;
    for (const { page } of this.#pages.values()) if (page.data.hello.role === role) count += 1;
    return count;
  }
}

const tooMany: ConnectRefusal = { code: 'too-many', reason: 'Too many pages are open.', retryAfter: 10 };
const refusalOf = (code: RefusalCode): ConnectRefusal => ({ code, reason: refusalCodes[code] });

/** Ends a connection at once. A WebSocket would wait for its client to agree. */
function end(connection: Connection): void {
  connection.close(true);
  if (connection.transport.name === 'websocket') connection.request.socket.destroy();
}

function tell(answer: unknown, value: unknown): void {
  if (typeof answer === 'function') answer(value);
}
