import type { LinkStatus, Picture } from './frame-link.ts';
import { Mailbox } from './mailbox.ts';
import { reconnectDelay } from './reconnect.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

export interface ReceiverOptions {
  /** Address of the WebSocket. */
  readonly url: string;
  readonly onStatus: (status: LinkStatus) => void;
}

/**
 * The page's end of the worker that receives pictures. Keeps the newest until the next drawing; a worker that dies is
 * replaced. Every picture
 * taken must be acknowledged.
 */
export class Receiver {
  /** Pictures that were thrown away because newer ones came, since the page was loaded. */
  skipped = 0;
  /** Pictures that could not be read. */
  unreadable = 0;

  private readonly options: ReceiverOptions;
  private readonly newest = new Mailbox<Picture>();
  private worker: Worker | null = null;
  private deaths = 0;
  private copies = false;

  constructor(options: ReceiverOptions) {
    this.options = options;
  }

  start(): void {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.worker !== worker) return;
      worker.terminate();
      this.worker = null;
      this.options.onStatus('lost');
      setTimeout(() => this.start(), reconnectDelay(this.deaths++, Math.random()));
    };
    if (this.copies) this.tell({ type: 'copy' });
    this.tell({ type: 'open', url: this.options.url });
  }

  /** Whether there is a picture not yet taken. */
  get hasPicture(): boolean {
    return !this.newest.isEmpty;
  }

  /** The newest picture not yet taken, or null. */
  take(): Picture | null {
    return this.newest.take();
  }

  /** Lets the server send the next. The caller closes the bitmap. */
  acknowledge({ header }: Picture): void {
    this.tell({ type: 'acknowledge', sequence: header.sequence });
  }

  /** Asks for the last picture once more. */
  repeat(): void {
    this.tell({ type: 'repeat' });
  }

  /**
   * Gets copies from now on, and the last picture again as one. Some WebKits (2.50 for GTK) refuse to draw a bitmap that
   * another thread has handed over; a copy costs time only with large pictures.
   */
  copy(): void {
    this.copies = true;
    this.tell({ type: 'copy' });
    this.repeat();
  }

  reconnect(): void {
    this.tell({ type: 'reconnect' });
  }

  private hear(message: FromWorker): void {
    switch (message.type) {
      case 'picture': {
        this.deaths = 0;
        const replaced = this.newest.put(message.picture);
        if (!replaced) return;
        this.skipped++;
        replaced.bitmap.close();
        this.acknowledge(replaced);
        return;
      }
      case 'status':
        this.options.onStatus(message.status);
        return;
      case 'dropped':
        if (message.why === 'newer') this.skipped++;
        else this.unreadable++;
    }
  }

  private tell(message: ToWorker): void {
    this.worker?.postMessage(message);
  }
}
