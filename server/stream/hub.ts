import { encodeFrame, type FrameHeader } from '../protocol/frame.ts';
import type { EncodedPicture, StreamRequest } from './encoder.ts';
import { type FrameSocket, Receiver, type ReceiverStats } from './receiver.ts';

/** What the maker of a picture says of it; the rest of the header follows from how it is sent. */
export type PictureHeader = Omit<FrameHeader, 'sequence' | 'encoding' | 'width' | 'height'>;

export interface HubOptions<P> {
  /** Encodes a picture for a request; called once for all clients that asked for the same. */
  readonly encode: (picture: P, request: StreamRequest) => Promise<EncodedPicture>;
  /** Most frames a second to one client. */
  readonly fps: number;
  /** Milliseconds; any origin. */
  readonly now: () => number;
  /** Told of pictures that could not be encoded; the stream goes on with the next. */
  readonly onError?: (error: unknown) => void;
}

/** The connection of one client to the hub. */
export interface Attachment {
  readonly stats: ReceiverStats;
  /** Takes what the client sent. */
  receive(message: Uint8Array): void;
  /** The client is gone. */
  detach(): void;
}

interface Newest<P> {
  readonly number: number;
  readonly picture: P;
  readonly header: PictureHeader;
}

/**
 * Shows the newest picture to every client, each at its own speed. A picture is encoded once for each size and format,
 * only when a client is ready for it; whatever comes meanwhile replaces the one that waits. No client can slow another:
 * all that one costs is the frame it has not acknowledged.
 */
export class FrameHub<P> {
  readonly #options: HubOptions<P>;
  readonly #channels = new Map<string, Channel<P>>();
  #newest: Newest<P> | undefined;
  #count = 0;

  constructor(options: HubOptions<P>) {
    this.#options = options;
  }

  /** Makes a picture the newest. */
  show(picture: P, header: PictureHeader): void {
    this.#newest = { number: this.#count++, picture, header };
    for (const channel of this.#channels.values()) channel.pump();
  }

  /** Forgets the newest picture, so that no later client is shown it. */
  clear(): void {
    this.#newest = undefined;
    for (const channel of this.#channels.values()) channel.forgetBefore(this.#count);
  }

  /** Takes a client in; it is shown the newest picture at once. */
  attach(socket: FrameSocket, request: StreamRequest): Attachment {
    const key = `${request.format} ${request.size} ${request.isLocal === true}`;
    let channel = this.#channels.get(key);
    if (channel === undefined) {
      channel = new Channel(request, this.#options, () => this.#newest);
      this.#channels.set(key, channel);
    }
    const mine = channel;
    const receiver = new Receiver(socket, 1000 / this.#options.fps, this.#options.now);
    mine.add(receiver);
    return {
      get stats() {
        return receiver.stats;
      },
      receive: (message) => {
        if (receiver.receive(message)) mine.pump();
      },
      detach: () => {
        mine.remove(receiver);
        if (mine.isEmpty) this.#channels.delete(key);
      },
    };
  }
}

/** All clients that asked for the same size and format. */
class Channel<P> {
  readonly #request: StreamRequest;
  readonly #options: HubOptions<P>;
  readonly #newest: () => Newest<P> | undefined;
  readonly #receivers = new Set<Receiver>();
  #encoded: { readonly number: number; readonly sequence: number; readonly message: Uint8Array } | undefined;
  #isEncoding = false;
  #floor = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(request: StreamRequest, options: HubOptions<P>, newest: () => Newest<P> | undefined) {
    this.#request = request;
    this.#options = options;
    this.#newest = newest;
  }

  get isEmpty(): boolean {
    return this.#receivers.size === 0;
  }

  add(receiver: Receiver): void {
    this.#receivers.add(receiver);
    this.pump();
  }

  remove(receiver: Receiver): void {
    this.#receivers.delete(receiver);
    if (this.isEmpty) clearTimeout(this.#timer);
  }

  /** Pictures before this number must not be sent any more. */
  forgetBefore(number: number): void {
    this.#encoded = undefined;
    this.#floor = number;
  }

  /** Sends the newest picture to all who are ready for it, encoding it first where that is still to be done. */
  pump(): void {
    const newest = this.#newest();
    if (newest === undefined) return;
    const waits = [...this.#receivers].map((r) => r.waitFor(newest.number)).filter((wait) => wait !== undefined);
    if (waits.length === 0) return;
    const soonest = Math.min(...waits);
    if (soonest > 0) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.pump(), soonest);
      return;
    }
    if (this.#encoded?.number === newest.number) this.#deliver();
    else if (!this.#isEncoding) void this.#encode(newest);
  }

  async #encode({ number, picture, header }: Newest<P>): Promise<void> {
    this.#isEncoding = true;
    try {
      const { encoding, width, height, payload } = await this.#options.encode(picture, this.#request);
      const sequence = number >>> 0;
      const message = encodeFrame({ ...header, sequence, encoding, width, height }, payload);
      if (number >= this.#floor) {
        this.#encoded = { number, sequence, message };
        this.#deliver();
      }
    } catch (error) {
      this.#options.onError?.(error);
    } finally {
      this.#isEncoding = false;
    }
    if ((this.#newest()?.number ?? number) !== number) this.pump();
  }

  #deliver(): void {
    const encoded = this.#encoded;
    if (encoded === undefined) return;
    let next: number | undefined;
    for (const receiver of this.#receivers) {
      const wait = receiver.waitFor(encoded.number);
      if (wait === 0) receiver.send(encoded.number, encoded.sequence, encoded.message);
      else if (wait !== undefined) next = Math.min(next ?? wait, wait);
    }
    if (next !== undefined) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.pump(), next);
    }
  }
}
