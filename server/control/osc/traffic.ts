import { TokenBucket } from '../token-bucket.ts';
import { type Endpoint, keyOf } from './endpoint.ts';

/** Messages a second, and at once, from one sender: several faders at the rate of a screen. */
const oneSender = { second: 500, burst: 1_000 };
/** From all together, so that many senders, or one that changes its port, cannot take the whole computer. */
const together = { second: 4_000, burst: 4_000 };
/** Answers a second, and at once, to one sender: more than any controller asks for. */
const answers = { second: 100, burst: 200 };
/** To one computer: too few to flood another's with. */
const answersOfHost = { second: 400, burst: 800 };
/** Senders and computers that are told apart; those not heard for longest are forgotten. */
const remembered = 1_000;

/** Keeps one sender that floods from taking the others' time, and us from flooding anybody. Time is passed in, ms. */
export class Traffic {
  readonly #senders = new Buckets(oneSender);
  readonly #together = new TokenBucket(together.second, together.burst);
  readonly #answers = new Buckets(answers);
  readonly #answersOfHost = new Buckets(answersOfHost);

  /** Whether so many more messages of this sender may be done. */
  mayCome(sender: Endpoint, now: number, messages = 1): boolean {
    return this.#senders.of(keyOf(sender)).take(now, messages) && this.#together.take(now, messages);
  }

  /** One packet can ask for many answers, and its sender's address may be forged. */
  mayAnswer(sender: Endpoint, now: number): boolean {
    return this.#answers.of(keyOf(sender)).take(now) && this.#answersOfHost.of(sender.host).take(now);
  }
}

class Buckets {
  readonly #rate: { readonly second: number; readonly burst: number };
  readonly #byKey = new Map<string, TokenBucket>();

  constructor(rate: { readonly second: number; readonly burst: number }) {
    this.#rate = rate;
  }

  of(key: string): TokenBucket {
    const bucket = this.#byKey.get(key) ?? new TokenBucket(this.#rate.second, this.#rate.burst);
    // The order of a Map is that of insertion: whoever is heard moves to its end.
    this.#byKey.delete(key);
    this.#byKey.set(key, bucket);
    if (this.#byKey.size > remembered) this.#byKey.delete(this.#byKey.keys().next().value ?? '');
    return bucket;
  }
}
