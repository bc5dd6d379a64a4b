import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FamiliarError } from '../../server/errors.ts';
import { readFilmRecord, writeFilmRecord } from '../../server/media/film-record.ts';
import { sampleFace, sampleRecord } from './sample-film.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'media-'));
  path = join(folder, 'chain.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const record = sampleRecord([sampleFace('Amara', '01-amara'), sampleFace('Zoë', '02-zoë')]);

describe('the record of a film', () => {
  it('comes back as it was written', async () => {
    await writeFilmRecord(path, record);
    expect(await readFilmRecord(path)).toEqual(record);
  });

  it('keeps settings that only another version knows', async () => {
    const later = { ...record, settings: { ...record.settings, mood: 'blue' } };
    await writeFilmRecord(path, later);
    expect(await readFilmRecord(path)).toEqual(later);
  });

  it('is undefined where there is none', async () => {
    expect(await readFilmRecord(path)).toBeUndefined();
  });

  it.each([
    ['', /chain\.json cannot be resumed from \(it is not JSON\)\. Delete the file/],
    ['{"version": 1, "faces"', /it is not JSON/],
    ['[]', /the whole: /],
    [JSON.stringify({ ...record, version: 2 }), /version: /],
    [JSON.stringify({ ...record, faces: [{ ...record.faces[0], steps: -1 }] }), /faces\.0\.steps: /],
    [JSON.stringify({ ...record, loop: { ...record.loop, frames: 1.5 } }), /loop\.frames: /],
  ])('is refused with its place where it is broken: %.24s', async (text, message) => {
    await writeFile(path, text);
    await expect(readFilmRecord(path)).rejects.toMatchObject({
      code: 'FILM_RECORD',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    '/etc/passwd',
    '../elsewhere.mp4',
    'a/../../b.mp4',
    'http://host/a.mp4',
    'javascript:alert(1)',
    'C:a',
    'a\\b',
    'a\0b',
  ])('names no file outside its folder: %j', async (video) => {
    await writeFile(path, JSON.stringify({ ...record, faces: [sampleFace('x', 'x', { video })] }));
    await expect(readFilmRecord(path)).rejects.toMatchObject({ code: 'FILM_RECORD' });
  });

  it('is refused unread where it is absurdly large', async () => {
    await writeFile(path, '');
    await truncate(path, 300 * 1024 * 1024);
    await expect(readFilmRecord(path)).rejects.toThrow('far too large');
  });

  it('is a record or a sentence, whatever happened to the file', async () => {
    await writeFilmRecord(path, record);
    const whole = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        await writeFile(path, bytes);
        const error = await readFilmRecord(path).then(
          () => undefined,
          (reason) => reason,
        );
        if (error !== undefined) expect(error).toBeInstanceOf(FamiliarError);
      }),
      { numRuns: 100 },
    );
  });
});
