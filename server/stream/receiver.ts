import { decodeAck } from '../protocol/frame.ts';

/** What the hub needs of a WebSocket (the `ws` package's). */
export interface FrameSocket {
  send(data: Uint8Array): void;
  close(code: number, reason: string): void;
}

export interface ReceiverStats {
  readonly sent: number;
  /** Pictures that were replaced by newer ones before they could be sent. */
  readonly dropped: number;
  /** Messages that were no acknowledgement of the frame in flight. */
  readonly wrong: number;
  /** Milliseconds from sending to acknowledgement, of the last one; null before the first. */
  readonly roundTrip: number | null;
  /** Milliseconds the frame in flight has been unacknowledged; null where none is. */
  readonly waiting: number | null;
}

/** A client that sends this many wrong messages is no display. */
const LARGEST_WRONG = 50;

/**
 * One client: at most one frame is on its way to it. It is ready for the next when it has acknowledged the last, so a
 * client that stalls holds one encoded frame and nothing else.
 */
export class Receiver {
  readonly #socket: FrameSocket;
  readonly #now: () => number;
  readonly #interval: number;
  #inFlight: { readonly sequence: number; readonly at: number } | undefined;
  /** The hub's number of the last picture sent; -1 before the first. */
  #lastSent = -1;
  /** When the next frame is due, were they sent at an even beat. */
  #due = Number.NEGATIVE_INFINITY;
  #sent = 0;
  #dropped = 0;
  #wrong = 0;
  #roundTrip: number | null = null;

  /**
   * @param interval milliseconds from one frame to the next. Kept on average: a frame may be half an interval early, and
   * one that was late does not make those after it late, so that a source with this very interval loses none of its own
   */
  constructor(socket: FrameSocket, interval: number, now: () => number) {
    this.#socket = socket;
    this.#interval = interval;
    this.#now = now;
  }

  get stats(): ReceiverStats {
    return {
      sent: this.#sent,
      dropped: this.#dropped,
      wrong: this.#wrong,
      roundTrip: this.#roundTrip,
      waiting: this.#inFlight ? this.#now() - this.#inFlight.at : null,
    };
  }

  /** Milliseconds until picture `number` may be sent: 0 for now, undefined for not before an acknowledgement. */
  waitFor(number: number): number | undefined {
    if (this.#inFlight !== undefined || number <= this.#lastSent) return undefined;
    return Math.max(0, this.#due - this.#interval / 2 - this.#now());
  }

  /** Sends picture `number`, whose message carries `sequence`. */
  send(number: number, sequence: number, message: Uint8Array): void {
    if (this.#lastSent >= 0) this.#dropped += number - this.#lastSent - 1;
    this.#lastSent = number;
    const at = this.#now();
    // One interval of lateness is made good at most: a client that was away is not flooded.
    this.#due = Math.max(this.#due, at - this.#interval) + this.#interval;
    this.#inFlight = { sequence, at };
    this.#sent++;
    this.#socket.send(message);
  }

  /** Takes a message of the client; true where it acknowledged the frame in flight. */
  receive(message: Uint8Array): boolean {
    const ack = decodeAck(message);
    if (!ack.ok || ack.value !== this.#inFlight?.sequence) {
      this.#wrong++;
      if (this.#wrong >= LARGEST_WRONG) this.#socket.close(1008, 'too many messages that are no acknowledgement');
      return false;
    }
    this.#roundTrip = this.#now() - this.#inFlight.at;
    this.#inFlight = undefined;
    return true;
  }
}
