/** Seconds a subscription lasts. */
export const subscriptionSeconds = 30;
const most = 32;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Who gets feedback, and until when. Time is passed in, ms. */
export class Subscribers {
  readonly #until = new Map<string, { readonly endpoint: Endpoint; readonly until: number }>();

  /** False where there are too many. */
  add(endpoint: Endpoint, now: number): boolean {
    const key = keyOf(endpoint);
    if (!this.#until.has(key) && this.at(now).length >= most) return false;
    this.#until.set(key, { endpoint, until: now + subscriptionSeconds * 1_000 });
    return true;
  }

  remove(endpoint: Endpoint): void {
    this.#until.delete(keyOf(endpoint));
  }

  at(now: number): readonly Endpoint[] {
    for (const [key, { until }] of this.#until) if (until <= now) this.#until.delete(key);
    return [...this.#until.values()].map(({ endpoint }) => endpoint);
  }
}

const keyOf = ({ host, port }: Endpoint): string => `${host} ${port}`;
