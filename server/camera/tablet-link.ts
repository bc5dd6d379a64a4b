import { type CameraOrder, type CameraReport, parseCameraReport } from '../protocol/camera-link.ts';
import { decodeFrame, encodeAck, type FrameHeader } from '../protocol/frame.ts';

/** What is used of a WebSocket (the `ws` package's). */
export interface TabletSocket {
  send(data: Uint8Array | string): void;
  close(code: number, reason: string): void;
}

export interface TabletEvents {
  opened(link: TabletLink): void;
  closed(link: TabletLink): void;
  reported(link: TabletLink, report: CameraReport): void;
  /** A picture in JPEG or WebP by its header; its bytes are anybody's guess. */
  pictured(link: TabletLink, header: FrameHeader, bytes: Uint8Array): void;
}

/** A tablet that sends this many wrong messages is none. */
const mostWrong = 20;

/** One tablet's connection: checks what comes in, acknowledges frames, sends orders. */
export class TabletLink {
  readonly client: string;
  readonly #socket: TabletSocket;
  readonly #events: () => TabletEvents | null;
  #report: CameraReport | null = null;
  #wrong = 0;

  constructor(client: string, socket: TabletSocket, events: () => TabletEvents | null) {
    this.client = client;
    this.#socket = socket;
    this.#events = events;
  }

  /** What it last said of its camera; null before it has. */
  get report(): CameraReport | null {
    return this.#report;
  }

  order(order: CameraOrder): void {
    this.#socket.send(JSON.stringify(order));
  }

  close(reason: string): void {
    this.#socket.close(1000, reason);
  }

  hearText(text: string): void {
    const report = parseCameraReport(text);
    if (!report.ok) {
      this.#countWrong();
      return;
    }
    // A photograph that failed says nothing about the camera.
    if (report.value.type === 'ready' || report.value.trouble !== 'failed') this.#report = report.value;
    this.#events()?.reported(this, report.value);
  }

  hearFrame(message: Uint8Array): void {
    const frame = decodeFrame(message);
    if (!frame.ok) {
      this.#countWrong();
      return;
    }
    const { header, payload } = frame.value;
    this.#socket.send(encodeAck(header.sequence));
    if (header.encoding === 'rgb') this.#countWrong();
    else this.#events()?.pictured(this, header, payload);
  }

  #countWrong(): void {
    this.#wrong++;
    if (this.#wrong >= mostWrong) this.#socket.close(1008, 'too many wrong messages');
  }
}
