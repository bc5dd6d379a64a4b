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
  readonly #holdings = new Map<T, Holding>();
  /** Holders by rank and by key, in each the one that came first first. */
  readonly #groups = new Map<string, Set<T>>();

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
    const paired = this.#count('paired');
    const free = all - this.#count('here') - paired;
    return who.isFromHere ? free : Math.min(free, all - forHere - paired);
  }

  /**
   * Gives somebody a place, or notes who a holder has turned out to be. Returns those who lose theirs; null where there is
   * no place, and none is held then.
   */
  enter(holder: T, who: Identity): readonly T[] | null {
    this.leave(holder);
    const holding = holdingOf(who);
    const { rank, key } = holding;
    const { all, fromDevice, strangers, fromStranger } = this.#limits;
    const isFull = rank === 'paired' && this.#count(key) >= fromDevice;
    if (isFull || this.room(who) <= 0) return null;
    this.#holdings.set(holder, holding);
    for (const group of [rank, key]) this.#groups.set(group, (this.#groups.get(group) ?? new Set()).add(holder));
    const losers = rank === 'stranger' ? [...this.#shrink(key, fromStranger), ...this.#shrink(rank, strangers)] : [];
    return [...losers, ...this.#shrink('stranger', all - this.#count('here') - this.#count('paired'))];
  }

  leave(holder: T): void {
    const holding = this.#holdings.get(holder);
    if (!holding) return;
    this.#holdings.delete(holder);
    for (const group of [holding.rank, holding.key]) {
      const holders = this.#groups.get(group);
      holders?.delete(holder);
      if (holders?.size === 0) this.#groups.delete(group);
    }
  }

  /** Takes places of a group away, the oldest first, until `most` are left. */
  #shrink(group: string, most: number): readonly T[] {
    const losers: T[] = [];
    for (const holder of this.#groups.get(group) ?? []) {
      if (this.#count(group) <= most) break;
      losers.push(holder);
      this.leave(holder);
    }
    return losers;
  }

  #count(group: string): number {
    return this.#groups.get(group)?.size ?? 0;
  }
}

function holdingOf({ address, isFromHere, device }: Identity): Holding {
  if (isFromHere) return { rank: 'here', key: 'of here' };
  return device === null
    ? { rank: 'stranger', key: `of ${sourceOf(address)}` }
    : { rank: 'paired', key: `of device ${device}` };
}
