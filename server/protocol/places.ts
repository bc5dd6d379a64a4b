import { sourceOf } from './source.ts';

/** Who makes a request. */
export interface Identity {
  /** See `senderOf`. */
  readonly address: string;
  /** Whether it was made on this computer, see `OwnHosts`. */
  readonly isFromHere: boolean;
  /** Id of the paired device it comes from; null for none. */
  readonly device: string | null;
}

export interface PlaceLimits {
  readonly all: number;
  /** Of all, kept for this computer. */
  readonly forHere: number;
  /** Most of one paired device. */
  readonly fromDevice: number;
  /** Most of all strangers, and of one source (an IPv4 address, an IPv6 /64). Theirs are the first to be given away. */
  readonly strangers: number;
  readonly fromStranger: number;
}

interface Holding {
  readonly rank: 'here' | 'paired' | 'stranger';
  /** Whom it is counted for. */
  readonly key: string;
}

/**
 * Places that are few, such as connections: this computer has some of its own, paired devices share the rest, and strangers
 * have what is left for as long as nobody else wants it. A stranger who comes takes the place of the one who came first:
 * whoever wants to hold all of them holds each for a moment only.
 */
export class Places<T> {
  readonly #limits: PlaceLimits;
  /** The one that came first first. */
  readonly #holdings = new Map<T, Holding>();

  constructor(limits: PlaceLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#holdings.size;
  }

  has(holder: T): boolean {
    return this.#holdings.has(holder);
  }

  /** How many more places there are for those like somebody; those of strangers are free for all others. */
  room(who: Identity): number {
    const { all, forHere } = this.#limits;
    const free = all - this.#count(({ rank }) => rank !== 'stranger');
    return who.isFromHere ? free : Math.min(free, all - forHere - this.#count(({ rank }) => rank === 'paired'));
  }

  /**
   * Gives somebody a place, or notes who a holder has turned out to be. Returns those who lose theirs; null where there is
   * no place, and none is held then.
   */
  enter(holder: T, who: Identity): readonly T[] | null {
    this.#holdings.delete(holder);
    const holding = holdingOf(who);
    const isFull =
      holding.rank === 'paired' && this.#count(({ key }) => key === holding.key) >= this.#limits.fromDevice;
    if (isFull || this.room(who) <= 0) return null;
    this.#holdings.set(holder, holding);
    const losers: T[] = [];
    const isStranger = (other: Holding) => other.rank === 'stranger';
    const isSame = (other: Holding) => isStranger(other) && other.key === holding.key;
    const { all, strangers, fromStranger } = this.#limits;
    if (isStranger(holding)) losers.push(...this.#shrink(isSame, fromStranger), ...this.#shrink(isStranger, strangers));
    const known = this.#count((other) => !isStranger(other));
    return [...losers, ...this.#shrink(isStranger, all - known)];
  }

  leave(holder: T): void {
    this.#holdings.delete(holder);
  }

  /** Takes places away, the oldest first, until `most` are left of a kind. */
  #shrink(isOfKind: (holding: Holding) => boolean, most: number): readonly T[] {
    const kind = [...this.#holdings].filter(([, holding]) => isOfKind(holding));
    const losers = kind.slice(0, Math.max(0, kind.length - most)).map(([holder]) => holder);
    for (const loser of losers) this.#holdings.delete(loser);
    return losers;
  }

  #count(isCounted: (holding: Holding) => boolean): number {
    let count = 0;
    for (const holding of this.#holdings.values()) if (isCounted(holding)) count += 1;
    return count;
  }
}

function holdingOf({ address, isFromHere, device }: Identity): Holding {
  if (isFromHere) return { rank: 'here', key: '' };
  return device === null ? { rank: 'stranger', key: sourceOf(address) } : { rank: 'paired', key: device };
}
