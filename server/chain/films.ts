import { randomBytes } from 'node:crypto';
import { chmod, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../files/atomic.ts';
import { removeJournal } from './becoming-record.ts';
import { faceFiles } from './face-folder.ts';
import type { ChainEntry } from './index-file.ts';
import { privateFile } from './private-files.ts';

/** A film that is still to be made: whose, of a face that grew out of which, from and to which files. */
export interface FilmOrder {
  readonly id: string;
  readonly from: string | null;
  readonly journal: string;
  /** In the chain's folder for films, under a name that no other film gets. */
  readonly video: string;
}

/** Orders a film to a place of its own: what the engine does after it was stopped brings no forgotten face back. */
export const orderFilm = (films: string, folder: string, { id, from }: ChainEntry): FilmOrder => ({
  id,
  from,
  journal: join(folder, faceFiles.journal),
  video: join(films, `${id}.${randomBytes(4).toString('hex')}.mp4`),
});

/** Puts a film that is whole beside its face, whose journal goes. Where the disk refuses, the film is made again later. */
export async function placeFilm(video: string, folder: string): Promise<void> {
  try {
    await chmod(video, privateFile);
    await replaceFile(join(folder, faceFiles.video), (temporary) => rename(video, temporary));
  } finally {
    await dropFilm(video).catch(() => undefined);
  }
  await removeJournal(folder);
}

/** Deletes a film that was finished although it was not to be made any more. */
export const dropFilm = (video: string): Promise<void> => rm(video, { force: true });

/** Deletes what there is of films that are not beside their faces: of these faces, or of all. */
export async function sweepFilms(films: string, faces?: readonly string[]): Promise<void> {
  const names = await readdir(films).catch(() => []);
  const swept = names.filter((name) => faces?.some((id) => name.includes(id)) ?? true);
  // One that is being written cannot be deleted on Windows; the engine was told to stop, and deletes it itself.
  await Promise.allSettled(swept.map((name) => rm(join(films, name), { force: true })));
}

/**
 * Words about a film or another file of a face under its lasting name, instead of one that it has while it is written: the
 * same problem is the same sentence again.
 */
export const withLastingNames = (words: string): string =>
  words
    .replace(/\.([^/\\]+?)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.partial/g, '$1')
    .replace(/(\d{6,10}-[0-9a-f]{12})\.[0-9a-f]{8}\.mp4/g, '$1.mp4');
