import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../files/errors.ts';
import { privateFile } from './private-files.ts';

/** A disk that took no beginning is tried again so often, ms. */
const tryEvery = 30_000;
/** Of the small files of a beginning, bytes. */
const smallFiles = 64 * 1024;

/**
 * Writes so many bytes into a folder and deletes them. Throws, in words, where the disk does not take them.
 */
export async function tryRoom(folder: string, bytes: number): Promise<void> {
  const path = roomFile(folder);
  try {
    // Zeros would need no room on a disk that compresses.
    await writeFile(path, randomBytes(bytes), { flush: true, mode: privateFile });
  } catch (error) {
    throw fileError(folder, error);
  } finally {
    await sweepRoom(folder).catch(() => undefined);
  }
}

const roomFile = (folder: string): string => join(folder, '.room');

/** Deletes what a power cut may have left of such a try. */
export const sweepRoom = (folder: string): Promise<void> => rm(roomFile(folder), { force: true });

/** Whether faces can be begun: after one could not, whether there is room again, found out without a visitor. */
export class Room {
  readonly #tryBeginning: (bytes: number) => Promise<void>;
  readonly #onChange: () => void;
  #refusal: string | null = null;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param tryBeginning writes what a beginning writes, with so many bytes in the face's folder
   * @param onChange told when `refusal` is another
   */
  constructor(tryBeginning: (bytes: number) => Promise<void>, onChange: () => void) {
    this.#tryBeginning = tryBeginning;
    this.#onChange = onChange;
  }

  /** Why no face can be begun at present, in words; null where one can. */
  get refusal(): string | null {
    return this.#refusal;
  }

  /** A face could not be begun. */
  refused(reason: string, bytes: number): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => void this.#try(bytes + smallFiles), tryEvery);
    this.#timer.unref();
    this.#become(`No face can be begun; that is tried again every half minute. ${reason}`);
  }

  /** A face was begun. */
  found(): void {
    clearInterval(this.#timer);
    this.#become(null);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #try(bytes: number): Promise<void> {
    try {
      await this.#tryBeginning(bytes);
      this.found();
    } catch {
      // Nothing has changed.
    }
  }

  #become(refusal: string | null): void {
    if (this.#refusal === refusal) return;
    this.#refusal = refusal;
    this.#onChange();
  }
}
