import type { ChainFace } from '../protocol/snapshot.ts';
import type { PackFacts } from './face-record.ts';
import { type ChainEntry, faceOf } from './index-file.ts';

/** The finished faces as the chain knows them without opening their folders. */
export class FaceList {
  readonly #entries: ChainEntry[];
  /** Faces that cannot be shown, but deleted. */
  readonly #unopened: ChainEntry[];
  #faces: readonly ChainFace[] = [];

  /** @param entries oldest first */
  constructor(entries: readonly ChainEntry[], unopened: readonly ChainEntry[]) {
    this.#entries = [...entries];
    this.#unopened = [...unopened];
    this.#show();
  }

  /** All but those that could not be opened, oldest first. */
  get entries(): readonly ChainEntry[] {
    return this.#entries;
  }

  /** Those that have their pictures; another list after every change. */
  get faces(): readonly ChainFace[] {
    return this.#faces;
  }

  has(id: string): boolean {
    return this.#entries.some((entry) => entry.id === id);
  }

  /** Also one that could not be opened. */
  find(isMeant: (entry: ChainEntry) => boolean): ChainEntry | undefined {
    return this.#entries.find(isMeant) ?? this.#unopened.find(isMeant);
  }

  /** Those that could not be opened. */
  get unopened(): readonly ChainEntry[] {
    return this.#unopened;
  }

  /** All by their visitors' numbers, also those that could not be opened. */
  get byVisitor(): ChainEntry[] {
    return [...this.#entries, ...this.#unopened].sort((a, b) => a.visitor - b.visitor);
  }

  /** The newest face that the network in use can go on from, but for those; null where there is none. */
  newestOf(pack: PackFacts, except: ReadonlySet<string>): string | null {
    return this.#entries.findLast((e) => e.packSha256 === pack.sha256 && !except.has(e.id))?.id ?? null;
  }

  add(entry: ChainEntry): void {
    this.#entries.push(entry);
    this.#show();
  }

  update(id: string, change: Partial<ChainEntry>): void {
    const at = this.#entries.findIndex((entry) => entry.id === id);
    if (at < 0) return;
    this.#entries[at] = { ...this.#entries[at], ...change };
    this.#show();
  }

  /** Takes a face out, if it is there; tells how to put it back. */
  takeOut(id: string): () => void {
    const putBack = [this.#entries, this.#unopened].map((list) => {
      const at = list.findIndex((entry) => entry.id === id);
      const taken = at < 0 ? [] : list.splice(at, 1);
      return () => void list.splice(at, 0, ...taken);
    });
    this.#show();
    return () => {
      for (const put of putBack) put();
      this.#show();
    };
  }

  /** Has the faces that grew out of a forgotten one know nothing of it any more. */
  forgetOrigin(id: string): void {
    for (const entry of this.#entries.filter(({ from }) => from === id)) {
      this.update(entry.id, { from: null, filmed: true });
    }
  }

  #show(): void {
    this.#faces = this.#entries.filter(({ drawn }) => drawn).map(faceOf);
  }
}
