import { decodeFrame, encodeAck, type Frame, type FrameHeader } from '../../server/protocol/frame.ts';
import { heartbeat, silenceLimitMs } from '../../server/protocol/heartbeat.ts';
import { Mailbox } from './mailbox.ts';
import { connectTimeout, reconnectDelay } from './reconnect.ts';
import { isBefore } from './sequence.ts';
import { SilenceWatch } from './silence-watch.ts';

/** What is used of a WebSocket. */
export interface FrameSocket {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: (() => void) | null;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export interface Picture {
  readonly header: FrameHeader;
  readonly bitmap: ImageBitmap;
}

/** `lost`: trying again. `outdated`: the server speaks another version, so the page must be loaded anew. */
export type LinkStatus = 'open' | 'lost' | 'outdated';

export interface FrameLinkOptions {
  readonly openSocket: () => FrameSocket;
  readonly decode: (frame: Frame) => Promise<ImageBitmap>;
  readonly onPicture: (picture: Picture) => void;
  readonly onStatus: (status: LinkStatus) => void;
  /** A picture was thrown away: a newer one came, or it could not be read. */
  readonly onDropped: (why: 'newer' | 'unreadable') => void;
  readonly random: () => number;
}

/** Decoding takes milliseconds; when it hangs, the picture is given up, ms. */
const decodeTimeout = 5_000;

/**
 * Receives pictures over one WebSocket, for ever: connects again by itself, decodes one picture at a time and always the
 * newest, and acknowledges each picture once: when it was drawn (`acknowledge`) or thrown away.
 */
export class FrameLink {
  private readonly options: FrameLinkOptions;
  private readonly waiting = new Mailbox<Frame>();
  /** Sequences of this connection that the server still waits for: one, unless it sends more than it should. */
  private readonly open = new Set<number>();
  private readonly silence = new SilenceWatch(silenceLimitMs, () => this.lost());
  private socket: FrameSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private decoding = false;
  private newest: number | null = null;
  private lastFrame: Frame | null = null;
  private running = false;

  constructor(options: FrameLinkOptions) {
    this.options = options;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.connect();
  }

  stop(): void {
    this.running = false;
    this.drop();
  }

  /** The picture was drawn, or will never be: the server may send the next. */
  acknowledge(sequence: number): void {
    if (this.open.delete(sequence)) this.socket?.send(encodeAck(sequence));
  }

  /** Delivers the last picture once more, for a screen that lost it. */
  repeat(): void {
    if (this.lastFrame && !this.decoding) void this.decodeNext(this.lastFrame);
  }

  /** Connects anew at once: the server is known to be back, or this connection is suspected to be dead. */
  reconnect(): void {
    if (!this.running) return;
    this.attempt = 0;
    this.drop();
    this.connect();
  }

  private connect(): void {
    const socket = this.openSocket();
    if (!socket) {
      this.retry();
      return;
    }
    this.socket = socket;
    this.newest = null;
    socket.binaryType = 'arraybuffer';
    // Every event of a socket that has been given up is ignored: it may still speak for minutes.
    const current = (action: () => void) => () => this.socket === socket && action();
    socket.onopen = current(() => {
      clearTimeout(this.timer);
      this.silence.start();
      this.options.onStatus('open');
    });
    socket.onclose = current(() => this.lost());
    socket.onerror = current(() => this.lost());
    socket.onmessage = ({ data }) => current(() => this.receive(data))();
    this.timer = setTimeout(
      current(() => this.lost()),
      connectTimeout,
    );
  }

  private openSocket(): FrameSocket | null {
    try {
      return this.options.openSocket();
    } catch {
      return null;
    }
  }

  private lost(): void {
    this.drop();
    this.options.onStatus('lost');
    this.retry();
  }

  private retry(): void {
    this.timer = setTimeout(() => this.connect(), reconnectDelay(this.attempt++, this.options.random()));
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.silence.stop();
    const socket = this.socket;
    this.socket = null;
    this.open.clear();
    this.waiting.take();
    socket?.close();
  }

  private receive(data: unknown): void {
    this.silence.heard();
    if (data === heartbeat) return;
    const read = decodeFrame(data instanceof ArrayBuffer ? data : new Uint8Array());
    if (!read.ok) {
      // Without a sequence it cannot be acknowledged, and the server would wait for ever: begin anew.
      this.options.onDropped('unreadable');
      this.lost();
      if (read.code === 'version') this.options.onStatus('outdated');
      return;
    }
    const { sequence } = read.value.header;
    this.open.add(sequence);
    if (this.newest !== null && isBefore(sequence, this.newest)) {
      this.acknowledge(sequence);
      this.options.onDropped('newer');
      return;
    }
    this.newest = sequence;
    this.attempt = 0;
    if (!this.decoding) {
      void this.decodeNext(read.value);
      return;
    }
    const replaced = this.waiting.put(read.value);
    if (replaced) {
      this.acknowledge(replaced.header.sequence);
      this.options.onDropped('newer');
    }
  }

  private async decodeNext(first: Frame): Promise<void> {
    this.decoding = true;
    for (let frame: Frame | null = first; frame; frame = this.waiting.take()) {
      const bitmap = await inTime(this.options.decode(frame), decodeTimeout);
      if (bitmap) {
        this.lastFrame = frame;
        this.options.onPicture({ header: frame.header, bitmap });
      } else {
        this.options.onDropped('unreadable');
        this.acknowledge(frame.header.sequence);
      }
    }
    this.decoding = false;
  }
}

/** The bitmap, or null where it fails or takes too long; one that comes too late is released. */
async function inTime(decoding: Promise<ImageBitmap>, limit: number): Promise<ImageBitmap | null> {
  let late = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      late = true;
      resolve(null);
    }, limit);
  });
  const decoded = decoding.then(
    (bitmap) => {
      if (late) bitmap.close();
      return bitmap;
    },
    () => null,
  );
  const result = await Promise.race([decoded, timeout]);
  clearTimeout(timer);
  return result;
}
