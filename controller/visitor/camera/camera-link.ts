import { connectTimeout, reconnectDelay } from '../../../display/frames/reconnect.ts';
import { SilenceWatch } from '../../../display/frames/silence-watch.ts';
import {
  type CameraOrder,
  type CameraReport,
  type CameraTrouble,
  parseCameraOrder,
} from '../../../server/protocol/camera-link.ts';
import { decodeAck, encodeFrame, frameLimits } from '../../../server/protocol/frame.ts';
import { silenceLimitMs } from '../../../server/protocol/heartbeat.ts';
import type { CameraProblem } from './camera-problem.ts';
import type { EncodedPicture, PictureWish } from './encode-picture.ts';
import type { CameraView } from './tablet-camera.ts';

/** What is used of a WebSocket. */
export interface CameraSocket {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export interface CameraLinkOptions {
  readonly openSocket: () => CameraSocket;
  readonly picture: (wish: PictureWish) => Promise<EncodedPicture>;
  /** The state of the visit, which stands in every frame. */
  readonly state: () => Parameters<typeof encodeFrame>[0]['state'];
  readonly now: () => number;
  readonly random: () => number;
}

const previewQuality = { quality: 0.75, limit: 256 * 1024 };
const stillQuality = { quality: 0.93, limit: Math.min(frameLimits.payload, 12 * 1024 * 1024) };
/** The server may have lost a preview; it is not waited for longer than this, ms. */
const ackPatience = 3_000;

const troubleOf: Readonly<Record<CameraProblem, CameraTrouble>> = {
  insecure: 'denied',
  denied: 'denied',
  missing: 'missing',
  busy: 'lost',
};

/** Lends the tablet's camera to the server for as long as it is not closed. Reconnects by itself, also where the connection dies alone. */
export class CameraLink {
  private readonly options: CameraLinkOptions;
  private readonly silence = new SilenceWatch(silenceLimitMs, () => this.lost());
  private socket: CameraSocket | null = null;
  private opened = false;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private previewing: ReturnType<typeof setInterval> | undefined;
  private sequence = 0;
  /** The preview the server has not acknowledged yet, and since when. */
  private waiting: { readonly sequence: number; readonly since: number } | null = null;
  private encoding = false;
  private lastReport: CameraReport | null = null;

  constructor(options: CameraLinkOptions) {
    this.options = options;
  }

  open(): void {
    const socket = this.options.openSocket();
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      if (this.socket !== socket) return;
      clearTimeout(this.timer);
      this.silence.start();
      this.opened = true;
      this.tries = 0;
      if (this.lastReport) this.say(this.lastReport);
    };
    socket.onmessage = ({ data }) => this.socket === socket && this.hear(data);
    socket.onclose = () => this.socket === socket && this.lost();
    this.timer = setTimeout(() => this.lost(), connectTimeout);
  }

  /** Connects anew at once: this connection is suspected to be dead, or the server is known to be back. */
  reconnect(): void {
    this.tries = 0;
    this.close();
    this.open();
  }

  close(): void {
    clearTimeout(this.timer);
    this.silence.stop();
    this.stopPreview();
    const { socket } = this;
    this.socket = null;
    this.opened = false;
    socket?.close();
  }

  /** Tells the server how the camera is; said again after every reconnection. */
  report({ problem, facts }: CameraView): void {
    const report: CameraReport | null = problem
      ? { type: 'trouble', trouble: troubleOf[problem], message: `The tablet’s camera: ${problem}.` }
      : facts && { type: 'ready', ...facts };
    if (!report || JSON.stringify(report) === JSON.stringify(this.lastReport)) return;
    this.lastReport = report;
    this.say(report);
  }

  private lost(): void {
    this.close();
    this.timer = setTimeout(() => this.open(), reconnectDelay(this.tries++, this.options.random()));
  }

  private hear(data: unknown): void {
    this.silence.heard();
    if (data instanceof ArrayBuffer) {
      const ack = decodeAck(data);
      if (ack.ok && ack.value === this.waiting?.sequence) this.waiting = null;
      return;
    }
    const order = typeof data === 'string' ? parseCameraOrder(data) : null;
    if (order?.ok) this.obey(order.value);
  }

  private obey(order: CameraOrder): void {
    if (order.type === 'still') return void this.sendStill(order.id, order.side);
    this.stopPreview();
    if (order.type === 'start') {
      this.previewing = setInterval(() => void this.sendPreview(order.side), 1_000 / order.fps);
    }
  }

  private stopPreview(): void {
    clearInterval(this.previewing);
    this.waiting = null;
  }

  private async sendPreview(side: number): Promise<void> {
    const now = this.options.now();
    if (this.encoding || (this.waiting && now - this.waiting.since < ackPatience)) return;
    this.encoding = true;
    try {
      const picture = await this.options.picture({ side, ...previewQuality });
      this.sequence = (this.sequence + 1) >>> 0;
      this.waiting = { sequence: this.sequence, since: now };
      this.sendPicture('preview', this.sequence, picture, now);
    } catch {
      // The camera is not open yet, or gone; its own report says so.
    } finally {
      this.encoding = false;
    }
  }

  private async sendStill(id: number, side: number): Promise<void> {
    const now = this.options.now();
    try {
      this.sendPicture('still', id, await this.options.picture({ side, ...stillQuality }), now);
    } catch (error) {
      const message = error instanceof Error ? error.message.slice(0, 500) : 'The photograph failed.';
      this.say({ type: 'trouble', trouble: 'failed', message });
      // One photograph failed; the camera is as it was.
      if (this.lastReport) this.say(this.lastReport);
    }
  }

  private sendPicture(kind: 'preview' | 'still', sequence: number, picture: EncodedPicture, capturedAt: number): void {
    const { width, height, bytes } = picture;
    const header = {
      sequence,
      capturedAt,
      encoding: 'jpeg' as const,
      kind,
      width,
      height,
      state: this.options.state(),
      blend: 0,
      visitor: 0,
      likeness: null,
    };
    if (this.opened) this.socket?.send(encodeFrame(header, bytes));
  }

  private say(report: CameraReport): void {
    if (this.opened) this.socket?.send(JSON.stringify(report));
  }
}
