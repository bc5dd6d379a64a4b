import type { BecomingRecord } from './becoming-record.ts';
import type { Finish } from './save-face.ts';

interface Unsaved extends Finish {
  /** Why the disk would not take it, in words. */
  readonly reason: string;
}

/** They are tried again so often, ms. */
const saveEvery = 5_000;

/** Faces that have become and that the disk would not take, being full or worse: held in memory, and saved once it does. */
export class UnsavedFaces {
  readonly #faces = new Map<BecomingRecord, Unsaved>();
  readonly #save: (record: BecomingRecord, finish: Finish) => Promise<unknown>;
  #timer: NodeJS.Timeout | undefined;

  /** @param save adds what still cannot be saved, and deletes the others */
  constructor(save: (record: BecomingRecord, finish: Finish) => Promise<unknown>) {
    this.#save = save;
  }

  /** Why faces are held, in words; null where none is. */
  get trouble(): string | null {
    return [...this.#faces.values()].at(-1)?.reason ?? null;
  }

  add(record: BecomingRecord, unsaved: Unsaved): void {
    this.#faces.set(record, unsaved);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#saveAll(), saveEvery);
    this.#timer.unref();
  }

  delete(record: BecomingRecord): void {
    this.#faces.delete(record);
  }

  /** Tries a last time. */
  async close(): Promise<void> {
    await this.#saveAll();
    clearTimeout(this.#timer);
  }

  async #saveAll(): Promise<void> {
    for (const [record, finish] of [...this.#faces]) {
      // A disk that still refuses has been told of.
      await this.#save(record, finish).catch(() => undefined);
    }
  }
}
