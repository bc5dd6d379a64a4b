import { messageOf } from '../errors.ts';
import { markForgotten } from './forgetting.ts';
import type { ChainPaths } from './open-folders.ts';

/** A face that is to go, and the hash of its receipt; null where nothing tells that any more. */
export interface Departing {
  readonly id: string;
  readonly receiptSha256: string | null;
}

export interface DepartureTools {
  /** Deletes a face, wherever it is on its way out. */
  readonly remove: (id: string) => Promise<void>;
  readonly report: (problem: string) => void;
}

/** What the disk did not let go of is tried again so often, ms. */
const againEvery = 60_000;
/** Deletions that are remembered: more than anybody asks about twice. */
const mostRemembered = 10_000;

/**
 * Faces that are to go: those that have gone since the start, so that whoever asks twice is told so, and those that the
 * disk did not let go of, which are tried again until it does.
 */
export class Departures {
  readonly #paths: ChainPaths;
  readonly #chain: DepartureTools;
  /** By the hash of the receipt; one that failed is not among them. */
  readonly #deletions = new Map<string, Promise<void>>();
  readonly #stuck = new Map<string, Departing>();
  #timer: NodeJS.Timeout | undefined;

  /** @param stuck what the disk did not let go of at the start */
  constructor(paths: ChainPaths, stuck: readonly Departing[], chain: DepartureTools) {
    this.#paths = paths;
    this.#chain = chain;
    for (const face of stuck) this.#stuck.set(face.id, face);
    this.#tryLater();
  }

  /** Whether a face is on its way out and the disk has not let go of it. */
  has(id: string): boolean {
    return this.#stuck.has(id);
  }

  /** Deletes a face; rejects where the disk refuses. */
  async depart(face: Departing, remove = this.#chain.remove): Promise<void> {
    const { id, receiptSha256 } = face;
    const deletion = remove(id);
    if (receiptSha256 !== null) this.#remember(receiptSha256, deletion);
    await deletion;
    this.#stuck.delete(id);
  }

  /**
   * Deletes faces that are in the chain for as long as the disk refuses; tells in words why the first of these stays, or
   * null.
   */
  async departAll(faces: readonly Departing[], isThere: (id: string) => boolean): Promise<string | null> {
    let failure: string | null = null;
    for (const face of faces) {
      try {
        await this.depart(face);
      } catch (error) {
        failure ??= messageOf(error);
        // One that is out of the chain is remembered nowhere else.
        if (!isThere(face.id)) await this.#keepTrying(face);
      }
    }
    return failure;
  }

  /** Tries again to delete a face until the disk lets go of it, also after the next start. `what` it is, for people. */
  async insist(face: Departing, what: string, error: unknown): Promise<void> {
    await this.#keepTrying(face);
    this.#chain.report(`${what} is still on the disk; that is tried again every minute. ${messageOf(error)}`);
  }

  /**
   * Whether the face of a receipt has been deleted since the start; a deletion under way is waited for. Rejects where the
   * disk refuses.
   */
  async isGone(receiptSha256: string): Promise<boolean> {
    const deletion = this.#deletions.get(receiptSha256);
    const stuck = [...this.#stuck.values()].find((face) => face.receiptSha256 === receiptSha256);
    if (deletion === undefined && stuck === undefined) return false;
    await (deletion ?? this.#again(stuck as Departing));
    return true;
  }

  /** Tries a last time. */
  async close(): Promise<void> {
    await this.#tryAll();
    clearTimeout(this.#timer);
  }

  #remember(receiptSha256: string, deletion: Promise<void>): void {
    this.#deletions.set(receiptSha256, deletion);
    if (this.#deletions.size > mostRemembered) {
      this.#deletions.delete(this.#deletions.keys().next().value as string);
    }
    deletion.catch(() => this.#deletions.get(receiptSha256) === deletion && this.#deletions.delete(receiptSha256));
  }

  async #keepTrying(face: Departing): Promise<void> {
    this.#stuck.set(face.id, face);
    this.#tryLater();
    await markForgotten(this.#paths, face.id);
  }

  async #again(face: Departing): Promise<void> {
    try {
      await this.depart(face);
    } catch (error) {
      await markForgotten(this.#paths, face.id);
      throw error;
    }
  }

  async #tryAll(): Promise<void> {
    // That the disk refuses has been told of.
    for (const face of [...this.#stuck.values()]) await this.#again(face).catch(() => undefined);
    this.#tryLater();
  }

  #tryLater(): void {
    clearTimeout(this.#timer);
    if (this.#stuck.size === 0) return;
    this.#timer = setTimeout(() => void this.#tryAll(), againEvery);
    this.#timer.unref();
  }
}
