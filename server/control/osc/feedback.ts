import type { Clock, Off } from '../../installation/ports.ts';
import { type Endpoint, keyOf } from './endpoint.ts';
import { beat, type Letter, type Mailbox, type Values } from './mailbox.ts';
import { isToGreet, type Subscriber, Subscribers } from './subscribers.ts';

/** Everything a new subscriber is told: moments first. */
export interface Whole {
  readonly moments: readonly Letter[];
  readonly values: readonly Letter[];
}

/** Tells subscribers what happens: at once where nothing was told for a beat, else with the next beat. */
export class Feedback {
  readonly #subscribers = new Subscribers();
  readonly #clock: Clock;
  readonly #send: (to: Endpoint, address: string, values: Values) => void;
  #beat: Off | null = null;

  constructor(clock: Clock, send: (to: Endpoint, address: string, values: Values) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Subscribers. */
  get size(): number {
    return this.#all.length;
  }

  /** Where a sender listens, as far as it has subscribed. */
  endpointsOf(sender: Endpoint): readonly Endpoint[] {
    return this.#of(sender).map(({ endpoint }) => endpoint);
  }

  /** False where there are too many. */
  subscribe(endpoint: Endpoint, whole: () => Whole): boolean {
    const now = this.#clock.now();
    const subscriber = this.#subscribers.add(endpoint, now);
    if (!subscriber) return false;
    if (isToGreet(subscriber, now)) {
      const { moments, values } = whole();
      for (const [address, value] of moments) subscriber.mailbox.post(address, value);
      for (const [address, value] of values) subscriber.mailbox.put(address, value);
      this.#wake();
    }
    return true;
  }

  unsubscribe(endpoint: Endpoint): void {
    this.#subscribers.remove(endpoint);
  }

  /** A value has changed: the newest counts. */
  value(address: string, ...values: Values): void {
    this.#each(this.#all, (mailbox) => mailbox.put(address, values));
  }

  /** Something has happened: it is told whatever follows. */
  moment(address: string, ...values: Values): void {
    this.#each(this.#all, (mailbox) => mailbox.post(address, values));
  }

  /** A sender moves a value: it is told it when that has come to rest, everybody else as ever. */
  movedBy(sender: Endpoint, address: string): void {
    for (const { mailbox } of this.#of(sender)) mailbox.hold(address);
  }

  /** Tells the sender alone how a value stands, so that a refused fader goes back. */
  settle(sender: Endpoint, address: string, ...values: Values): void {
    this.#each(this.#of(sender), (mailbox) => mailbox.put(address, values));
  }

  stop(): void {
    this.#beat?.();
    this.#beat = null;
  }

  get #all(): readonly Subscriber[] {
    return this.#subscribers.at(this.#clock.now());
  }

  /** A sender as subscriber: many controllers send from a port that they do not read, and read another. */
  #of(sender: Endpoint): readonly Subscriber[] {
    const all = this.#all;
    const same = all.filter(({ endpoint }) => keyOf(endpoint) === keyOf(sender));
    return same.length > 0 ? same : all.filter(({ endpoint }) => endpoint.host === sender.host);
  }

  #each(subscribers: readonly Subscriber[], tell: (mailbox: Mailbox) => void): void {
    for (const { mailbox } of subscribers) tell(mailbox);
    if (subscribers.length > 0) this.#wake();
  }

  #wake(after = 0): void {
    this.#beat ??= this.#clock.setTimeout(() => {
      this.#beat = null;
      if (this.#deliver()) this.#wake(beat);
    }, after);
  }

  /** Returns whether another beat must follow. */
  #deliver(): boolean {
    let more = false;
    for (const { endpoint, mailbox } of this.#all) {
      const letters = mailbox.take();
      for (const [address, values] of letters) this.#send(endpoint, address, values);
      more ||= letters.length > 0 || !mailbox.isEmpty;
    }
    return more;
  }
}
