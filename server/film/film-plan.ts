import { basename, extname } from 'node:path';
import type { FilmSettings } from '../media/film-record.ts';

/** What a film is to be made of. */
export interface FilmPlan {
  /** Photographs, in the order in which they become one another. */
  readonly portraits: readonly string[];
  /** Those of them that need not be portraits, since a folder was given: what gives no face is left out, and named. */
  readonly found?: ReadonlySet<string>;
  /** Folder of the film. */
  readonly out: string;
  readonly settings: FilmSettings;
}

/** One face of the film: a portrait comes twice where there are two passes. */
export interface FilmTask {
  /** Counts over both passes from 0. */
  readonly index: number;
  readonly pass: number;
  readonly portrait: string;
  readonly name: string;
  /** Its folder inside the film's, e.g. '03-name'. */
  readonly folder: string;
}

/** The faces of a film in the order in which they are made. */
export function filmTasks({ portraits, settings }: FilmPlan): FilmTask[] {
  const total = portraits.length * settings.passes;
  const digits = Math.max(2, String(total).length);
  return Array.from({ length: total }, (_, index) => {
    const portrait = portraits[index % portraits.length];
    const name = basename(portrait, extname(portrait));
    const safe =
      name
        .normalize('NFC')
        .replace(/[^\p{L}\p{N}._-]+/gu, '-')
        .slice(0, 60) || 'face';
    return {
      index,
      pass: Math.floor(index / portraits.length) + 1,
      portrait,
      name: name.slice(0, 200),
      folder: `${String(index + 1).padStart(digits, '0')}-${safe}`,
    };
  });
}
