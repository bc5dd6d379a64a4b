import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ChainClockJump } from '../protocol/snapshot.ts';
import { writePrivate } from './private-files.ts';

const dayMs = 24 * 3600 * 1000;
/** A museum may be closed for a month; a longer time that nothing is known of may be a clock that has jumped, ms. */
const plausibleMs = 31 * dayMs;
const clockFile = z.object({ at: z.number().nonnegative() });

/** A face and its time, ms since 1970. */
interface Dated {
  readonly at: number;
}

/**
 * The faces that are older than `time`. A face counts as no older than those before it: one that was made while the clock
 * stood in the past is not old. One from the future counts as old as the one before it. Pure.
 *
 * @param faces in the order of their visitors
 */
export function olderThan<T extends Dated>(faces: readonly T[], time: number, now: number): T[] {
  let newest = Number.NEGATIVE_INFINITY;
  return faces.filter(({ at }) => {
    if (at <= now) newest = Math.max(newest, at);
    return (newest === Number.NEGATIVE_INFINITY ? at : newest) < time;
  });
}

/**
 * Since when nothing is known of the clock where that is suspiciously long: then it may have jumped ahead, and faces may
 * not be as old as it makes them. Null where the time is plausible. Pure.
 *
 * @param lastRun when the clock was last believed; null where that is not known
 * @param newestFace time of the newest face; null where there is none
 */
export function jumpFrom(lastRun: number | null, newestFace: number | null, now: number): number | null {
  const since = lastRun !== null && lastRun <= now ? lastRun : newestFace;
  return since !== null && now - since > plausibleMs ? since : null;
}

/** Knows when the clock was last believed, and so whether faces may be deleted for their age. */
export class Aging {
  readonly #path: string;
  readonly #forgetAfter: number;
  #lastRun: number | null;
  #jump: ChainClockJump | null = null;

  private constructor(path: string, forgetAfter: number, lastRun: number | null) {
    this.#path = path;
    this.#forgetAfter = forgetAfter;
    this.#lastRun = lastRun;
  }

  /** @param forgetAfter days, 0 for never */
  static async open(path: string, forgetAfter: number): Promise<Aging> {
    const lastRun = await readFile(path, 'utf8')
      .then((text) => clockFile.parse(JSON.parse(text)).at)
      .catch(() => null);
    return new Aging(path, forgetAfter, lastRun);
  }

  /** The question to the curator; null where there is none. */
  get jump(): ChainClockJump | null {
    return this.#jump;
  }

  /**
   * The faces to be deleted for their age; none while the clock is not believed.
   *
   * @param faces in the order of their visitors
   */
  async due<T extends Dated>(faces: readonly T[], now: number): Promise<T[]> {
    if (this.#forgetAfter === 0) return [];
    const old = olderThan(faces, now - this.#forgetAfter * dayMs, now);
    const newest = faces.reduce<number | null>((max, { at }) => (at <= now ? Math.max(max ?? at, at) : max), null);
    const from = old.length === 0 ? null : jumpFrom(this.#lastRun, newest, now);
    this.#jump = from === null ? null : { from, to: now, faces: old.length };
    if (from !== null) return [];
    await this.#believe(now);
    return old;
  }

  /** The clock is right, says the curator. */
  confirm(now: number): Promise<void> {
    this.#jump = null;
    return this.#believe(now);
  }

  async #believe(now: number): Promise<void> {
    if (this.#lastRun !== null && this.#lastRun >= now) return;
    this.#lastRun = now;
    // A disk that does not take it: the question may then come once too often.
    await writePrivate(this.#path, JSON.stringify({ at: now })).catch(() => undefined);
  }
}
