import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { frameHeaderBytes, frameLimits, frameVersion } from '../protocol/frame.ts';
import { heartbeat, heartbeatIntervalMs } from '../protocol/heartbeat.ts';
import { type TabletEvents, TabletLink } from './tablet-link.ts';

/** A museum has a handful of tablets; more is a mistake or an attack. */
const mostTablets = 50;
const clientPattern = /^[\w-]{1,64}$/;

/** The tablets that lend their cameras, whichever camera is in use: `/camera?v=1&client=<id>`. */
export class TabletEndpoint {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: frameHeaderBytes + frameLimits.payload,
    perMessageDeflate: false,
  });
  readonly #links = new Map<string, TabletLink>();
  #events: TabletEvents | null = null;

  /** By the tablet's id. */
  get links(): ReadonlyMap<string, TabletLink> {
    return this.#links;
  }

  /** Who is told of what the tablets do; null for nobody. */
  listen(events: TabletEvents | null): void {
    this.#events = events;
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const client = searchParams.get('client') ?? '';
    const isOld = (searchParams.get('v') ?? String(frameVersion)) !== String(frameVersion);
    if (!clientPattern.test(client) || (this.#links.size >= mostTablets && !this.#links.has(client))) {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (opened) => {
      // Before anything else: what breaks the protocol is an error, and one that nobody hears ends the program.
      opened.on('error', () => opened.terminate());
      if (isOld) opened.close(4000, 'This page is of another version: reload it.');
      else this.#open(client, opened);
    });
  }

  async close(): Promise<void> {
    for (const link of this.#links.values()) link.close('the installation is ending');
    this.#links.clear();
    this.#server.close();
  }

  #open(client: string, socket: WebSocket): void {
    // The same tablet anew: its old connection is dead, whether or not it knows.
    this.#links.get(client)?.close('opened again');
    const link = new TabletLink(client, socket, () => this.#events);
    this.#links.set(client, link);
    // A tablet that sleeps closes nothing, and does not answer.
    let isAlive = true;
    const timer = setInterval(() => {
      if (!isAlive) socket.terminate();
      isAlive = false;
      socket.ping();
      socket.send(heartbeat);
    }, heartbeatIntervalMs);
    timer.unref();
    socket.on('pong', () => {
      isAlive = true;
    });
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      isAlive = true;
      if (isBinary) link.hearFrame(data);
      else link.hearText(data.toString('utf8'));
    });
    socket.on('close', () => {
      clearInterval(timer);
      if (this.#links.get(client) === link) this.#links.delete(client);
      this.#events?.closed(link);
    });
    this.#events?.opened(link);
  }
}
