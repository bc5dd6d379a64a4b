import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FamiliarError } from '../../server/errors.ts';
import { checkCodecs } from '../../server/media/check-codecs.ts';
import { decodeVideo, probeVideo } from '../../server/media/probe.ts';
import { openVideo } from '../../server/media/video-writer.ts';
import { collect, moving } from './pictures.ts';

let folder: string;
let film: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'media-'));
  film = join(folder, 'film.mp4');
  const writer = await openVideo(film, { width: 64, height: 64, fps: 24, minimumSize: 1 });
  for (let t = 0; t < 30; t++) await writer.write(moving(64, 64, t));
  await writer.finish();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Both ways of reading; each must end in a sentence about the file, never in anything else. */
async function refusals(path: string): Promise<FamiliarError[]> {
  const refusal = (task: Promise<unknown>) =>
    task.then(
      () => expect.fail(`${path} was read`),
      (error) => error,
    );
  return [await refusal(probeVideo(path)), await refusal(collect(decodeVideo(path)))];
}

describe('reading a video', () => {
  it.each([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('this is no video')],
    ['playlist', Buffer.from('#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n')],
    ['box that claims to be huge', Buffer.from('7fffffff66747970', 'hex')],
  ])('refuses a file that is %s', async (name, bytes) => {
    const path = join(folder, `${name}.mp4`);
    await writeFile(path, bytes);
    for (const error of await refusals(path)) {
      expect(error).toMatchObject({ code: 'VIDEO_UNREADABLE', message: expect.stringContaining(path) });
    }
  });

  it('refuses a still picture, though FFmpeg could open it', async () => {
    const path = join(folder, 'still.mp4');
    await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toFile(path);
    for (const error of await refusals(path)) expect(error.code).toBe('VIDEO_UNREADABLE');
  });

  it.each([
    ['missing.mp4', 'FILE_NOT_FOUND'],
    ['.', 'FILE_IS_FOLDER'],
  ])('says what %s is', async (name, code) => {
    for (const error of await refusals(join(folder, name))) expect(error.code).toBe(code);
  });

  it('takes names with a colon for names, not for addresses', async () => {
    const path = join(folder, 'http:x.mp4');
    await copyFile(film, path);
    expect((await probeVideo(path)).frames).toBe(30);
  });

  it('lets go of the file when the loop over its frames is left', async () => {
    for (let i = 0; i < 50; i++) {
      for await (const frame of decodeVideo(film)) {
        expect(frame.width).toBe(64);
        break;
      }
    }
  });

  it('survives any damage: frames, or a sentence', async () => {
    const whole = await readFile(film);
    const path = join(folder, 'damaged.mp4');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: whole.length }),
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 20 }),
        async (length, changes) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of changes) bytes[at] = value;
          await writeFile(path, bytes.subarray(0, length));
          for (const read of [() => probeVideo(path), () => collect(decodeVideo(path))]) {
            const error = await read().then(
              () => undefined,
              (reason) => reason,
            );
            if (error !== undefined) expect(error).toBeInstanceOf(FamiliarError);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('checkCodecs', () => {
  it('finds every codec of the package at work', async () => {
    expect(await checkCodecs()).toEqual(['h264', 'vp9', 'av1'].map((codec) => ({ codec, problem: undefined })));
  });
});
