import type { IncomingMessage, Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { CameraOrder } from '../../server/protocol/camera-link.ts';
import {
  decodeAck,
  decodeFrame,
  encodeAck,
  encodeFrame,
  type Frame,
  type FrameHeader,
} from '../../server/protocol/frame.ts';
import { heartbeat, heartbeatIntervalMs } from '../../server/protocol/heartbeat.ts';
import { routes } from '../../server/protocol/routes.ts';

interface Viewer {
  readonly socket: WebSocket;
  readonly path: string;
  readonly query: URLSearchParams;
  waiting: boolean;
}

interface Shown {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly blend: number;
  readonly more: Partial<FrameHeader>;
}

const base: Omit<FrameHeader, 'sequence' | 'capturedAt' | 'width' | 'height'> = {
  encoding: 'jpeg',
  kind: 'face',
  state: 'attract',
  blend: 0,
  visitor: 0,
  likeness: null,
};

/** The plain WebSockets: faces and previews to pages, a tablet's camera from them. */
export class FakeStreams {
  readonly viewers = new Set<Viewer>();
  /** What cameras have said, and sent. */
  readonly reports: unknown[] = [];
  readonly pictures: Frame[] = [];
  /** Whether previews are acknowledged. */
  acknowledging = true;
  cameras = new Set<WebSocket>();
  private readonly server = new WebSocketServer({ noServer: true });
  private readonly heartbeats = setInterval(() => this.beat(), heartbeatIntervalMs);
  private sequence = 0;
  private latest = new Map<string, Shown>();
  /** Acknowledgements of frames as they came. */
  readonly acknowledged: number[] = [];

  attach(http: Server): void {
    http.on('upgrade', (request, socket, head) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const known: readonly string[] = [routes.frames, routes.preview, routes.camera];
      if (!known.includes(url.pathname)) return;
      this.server.handleUpgrade(request as IncomingMessage, socket, head, (client) => {
        if (url.pathname === routes.camera) this.lend(client);
        else this.view({ socket: client, path: url.pathname, query: url.searchParams, waiting: false });
      });
    });
  }

  /** Shows a picture (JPEG) to those who look at `path`, now and whenever they come. `more` of its header. */
  show(
    path: string,
    bytes: Uint8Array,
    width: number,
    height: number,
    blend = 0,
    more: Partial<FrameHeader> = {},
  ): void {
    this.latest.set(path, { bytes, width, height, blend, more });
    for (const viewer of this.viewers) this.offer(viewer);
  }

  /** Sends anything to those who look at `path`. */
  garbage(path: string, bytes: Uint8Array): void {
    for (const viewer of this.viewers) if (viewer.path === path) viewer.socket.send(bytes);
  }

  order(order: CameraOrder): void {
    for (const camera of this.cameras) camera.send(JSON.stringify(order));
  }

  /** Forgets what came, and lets everybody go; what is shown stays. */
  reset(): void {
    this.reports.length = 0;
    this.pictures.length = 0;
    this.acknowledging = true;
    this.cut();
  }

  cut(): void {
    for (const { socket } of this.viewers) socket.terminate();
    for (const camera of this.cameras) camera.terminate();
  }

  close(): void {
    clearInterval(this.heartbeats);
    this.cut();
    this.server.close();
  }

  private beat(): void {
    for (const { socket } of this.viewers) socket.send(heartbeat);
    for (const camera of this.cameras) camera.send(heartbeat);
  }

  private view(viewer: Viewer): void {
    this.viewers.add(viewer);
    viewer.socket.on('close', () => this.viewers.delete(viewer));
    viewer.socket.on('message', (data: Buffer) => {
      const ack = decodeAck(new Uint8Array(data));
      if (!ack.ok) return;
      viewer.waiting = false;
      this.acknowledged.push(ack.value);
    });
    this.offer(viewer);
  }

  private offer(viewer: Viewer): void {
    const picture = this.latest.get(viewer.path);
    if (!picture || viewer.waiting) return;
    this.sequence += 1;
    const { bytes, width, height, blend, more } = picture;
    viewer.waiting = true;
    const header = { ...base, sequence: this.sequence, capturedAt: Date.now(), width, height, blend, ...more };
    viewer.socket.send(encodeFrame(header, bytes));
  }

  private lend(camera: WebSocket): void {
    this.cameras.add(camera);
    camera.on('close', () => this.cameras.delete(camera));
    camera.on('message', (data: Buffer, binary: boolean) => {
      if (!binary) return void this.reports.push(JSON.parse(data.toString()));
      const frame = decodeFrame(new Uint8Array(data));
      if (!frame.ok) return void this.reports.push(frame);
      this.pictures.push({ header: frame.value.header, payload: frame.value.payload.slice() });
      if (this.acknowledging) camera.send(encodeAck(frame.value.header.sequence));
    });
  }
}
