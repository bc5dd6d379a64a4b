import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { ackBytes, type Encoding, type FrameRequest, parseFrameQuery } from '../protocol/frame.ts';
import { heartbeat, heartbeatIntervalMs } from '../protocol/heartbeat.ts';
import type { OwnHosts } from '../protocol/hosts.ts';
import type { Attachment, FrameHub } from './hub.ts';

/** A client that does not answer a ping for this long is gone, ms. */
const PING_INTERVAL_MS = 15_000;

/** One connected client, for the curator's page. */
export interface Audience {
  readonly request: FrameRequest;
  readonly query: URLSearchParams;
  readonly attachment: Attachment;
}

/**
 * Serves a hub on a WebSocket route: `handleUpgrade` takes over a connection that the HTTP server was asked to upgrade.
 * How many there may be is not decided here. Clients only ever send acknowledgements of 8 bytes; anything longer closes the connection.
 */
export class FrameEndpoint<P> {
  readonly #hub: FrameHub<P>;
  readonly #hosts: Pick<OwnHosts, 'isFromHere'>;
  readonly #usual: Encoding | undefined;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 8 * ackBytes, perMessageDeflate: false });
  readonly #audience = new Map<WebSocket, Audience>();
  readonly #alive = new WeakSet<WebSocket>();
  #pings: NodeJS.Timeout | undefined;
  #heartbeats: NodeJS.Timeout | undefined;

  /** @param usual the format for clients that ask for none */
  constructor(hub: FrameHub<P>, hosts: Pick<OwnHosts, 'isFromHere'>, usual?: Encoding) {
    this.#hub = hub;
    this.#hosts = hosts;
    this.#usual = usual;
  }

  get audience(): readonly Audience[] {
    return [...this.#audience.values()];
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const isLocal = !query.has('format') && this.#hosts.isFromHere(request);
    this.#server.handleUpgrade(request, socket, head, (client) => this.#welcome(client, query, isLocal));
  }

  /** Shows every client out: what comes next is not for them. They may come back. */
  dismiss(reason: string): void {
    for (const client of this.#audience.keys()) client.close(1000, reason);
  }

  async close(): Promise<void> {
    clearInterval(this.#pings);
    clearInterval(this.#heartbeats);
    for (const client of this.#audience.keys()) client.close(1001, 'the server is going down');
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #welcome(client: WebSocket, query: URLSearchParams, isLocal: boolean): void {
    client.on('error', () => client.terminate());
    const request = parseFrameQuery(query, this.#usual);
    if (!request.ok) {
      client.close(1008, request.reason);
      return;
    }
    const attachment = this.#hub.attach(client, { ...request.value, isLocal });
    this.#audience.set(client, { request: request.value, query, attachment });
    this.#alive.add(client);
    this.#pings ??= setInterval(() => this.#ping(), PING_INTERVAL_MS).unref();
    this.#heartbeats ??= setInterval(() => this.#beat(), heartbeatIntervalMs).unref();
    client.on('pong', () => this.#alive.add(client));
    client.on('message', (data, isBinary) => {
      this.#alive.add(client);
      attachment.receive(isBinary && Buffer.isBuffer(data) ? data : new Uint8Array());
    });
    client.on('close', () => {
      attachment.detach();
      this.#audience.delete(client);
    });
  }

  #beat(): void {
    for (const client of this.#audience.keys()) client.send(heartbeat);
  }

  #ping(): void {
    for (const client of this.#audience.keys()) {
      if (!this.#alive.delete(client)) client.terminate();
      else client.ping();
    }
  }
}
