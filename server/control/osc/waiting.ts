import type { Clock, Off } from '../../installation/ports.ts';
import { accept, type Result, refuse } from '../../protocol/result.ts';
import { oscLimits } from './packet.ts';

/** Furthest that a time tag may lie ahead, ms. */
const furthest = 60_000;
/** Messages that may wait for their time: of one sender (a whole packet), and of all. */
const most = { sender: oscLimits.messages, together: 1_000 };

/** Messages that wait for the time of their bundle's time tag. */
export class Waiting {
  readonly #clock: Clock;
  readonly #offs = new Set<Off>();
  readonly #bySender = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param wait ms until `run` */
  add(sender: string, wait: number, run: () => void): Result<null> {
    if (!(wait <= furthest)) return refuse('out-of-range', 'The time tag lies more than a minute ahead.');
    const ofSender = this.#bySender.get(sender) ?? 0;
    if (ofSender >= most.sender || this.#offs.size >= most.together) {
      return refuse('too-many', 'Too many messages wait for their time already.');
    }
    this.#bySender.set(sender, ofSender + 1);
    const off = this.#clock.setTimeout(() => {
      this.#offs.delete(off);
      this.#leave(sender);
      run();
    }, wait);
    this.#offs.add(off);
    return accept(null);
  }

  clear(): void {
    for (const off of this.#offs) off();
    this.#offs.clear();
    this.#bySender.clear();
  }

  #leave(sender: string): void {
    const left = (this.#bySender.get(sender) ?? 1) - 1;
    if (left > 0) this.#bySender.set(sender, left);
    else this.#bySender.delete(sender);
  }
}
