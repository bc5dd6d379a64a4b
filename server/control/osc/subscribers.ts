import { type Endpoint, keyOf } from './endpoint.ts';
import { Mailbox } from './mailbox.ts';

/** Seconds a subscription lasts. */
export const subscriptionSeconds = 30;
/** Subscribers: of one computer, and of all. */
const most = { host: 8, together: 32 };
/** Ms within which a renewed subscription is not told everything again. */
const between = 1_000;

export interface Subscriber {
  readonly endpoint: Endpoint;
  readonly mailbox: Mailbox;
  /** When it ends, ms. */
  until: number;
  /** When it was told everything, ms; null where it never was. */
  greeted: number | null;
}

/** Who gets feedback, and until when. Time is passed in, ms. */
export class Subscribers {
  readonly #byKey = new Map<string, Subscriber>();

  /**
   * Adds or renews. Of one computer's subscribers the one renewed longest ago gives way: it may have changed its port.
   *
   * @returns the subscriber, null where there are too many
   */
  add(endpoint: Endpoint, now: number): Subscriber | null {
    const key = keyOf(endpoint);
    const others = this.at(now).filter((other) => keyOf(other.endpoint) !== key);
    const neighbours = others.filter((other) => other.endpoint.host === endpoint.host);
    if (neighbours.length >= most.host) this.remove(neighbours[0].endpoint);
    else if (others.length >= most.together) return null;
    const known = this.#byKey.get(key);
    const subscriber = known ?? { endpoint, mailbox: new Mailbox(), until: 0, greeted: null };
    subscriber.until = now + subscriptionSeconds * 1_000;
    // Renewed last, last in the order of the Map.
    this.#byKey.delete(key);
    this.#byKey.set(key, subscriber);
    return subscriber;
  }

  remove(endpoint: Endpoint): void {
    this.#byKey.delete(keyOf(endpoint));
  }

  /** Those whose subscription has not ended, the one renewed longest ago first. */
  at(now: number): readonly Subscriber[] {
    for (const [key, { until }] of this.#byKey) if (until <= now) this.#byKey.delete(key);
    return [...this.#byKey.values()];
  }
}

/**
 * Whether a subscriber is to be told everything now; notes that it is. Renewing tells everything again, because packets
 * get lost, but not more than once a second.
 */
export function isToGreet(subscriber: Subscriber, now: number): boolean {
  const { greeted } = subscriber;
  // The clock of a computer may be set back.
  if (greeted !== null && Math.abs(now - greeted) < between) return false;
  subscriber.greeted = now;
  return true;
}
