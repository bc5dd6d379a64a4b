import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { playInOrder, writeLoop } from '../../server/media/loop.ts';
import { decodeVideo } from '../../server/media/probe.ts';
import { openVideo } from '../../server/media/video-writer.ts';
import { collect, meanDifference, moving, pixel, plain } from './pictures.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'media-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

describe('writeLoop', () => {
  it('plays several videos as one, in order', async () => {
    const part = async (name: string, from: number) => {
      const path = join(folder, name);
      const writer = await openVideo(path, { width: 64, height: 64, fps: 24, minimumSize: 1, quality: 'fine' });
      for (let t = from; t < from + 10; t++) await writer.write(moving(64, 64, t));
      await writer.finish();
      return path;
    };
    const parts = [await part('a.mp4', 0), await part('b.mp4', 10), await part('c.mp4', 20)];
    const path = join(folder, 'loop.mp4');
    const loop = await writeLoop(path, playInOrder(parts), { fps: 24, minimumSize: 1, quality: 'fine' });
    expect(loop.frames).toBe(30);
    const frames = await collect(decodeVideo(path));
    frames.forEach((frame, t) => {
      const nearest = [t - 1, t, t + 1].map((other) => meanDifference(frame, moving(64, 64, other)));
      expect(Math.min(...nearest)).toBe(nearest[1]);
    });
  });

  it('takes a frame only when the last one is written', async () => {
    let taken = 0;
    let returned = false;
    const source = async function* () {
      try {
        for (; taken < 5; taken++) yield moving(64, 64, taken);
        throw new Error('the projection failed');
      } finally {
        returned = true;
      }
    };
    await expect(writeLoop(join(folder, 'loop.mp4'), source(), { fps: 24 })).rejects.toThrow('the projection failed');
    expect(returned).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves nothing where a video in the middle cannot be read', async () => {
    const good = join(folder, 'good.mp4');
    const writer = await openVideo(good, { width: 64, height: 64, fps: 24, minimumSize: 1 });
    await writer.write(moving(64, 64, 0));
    await writer.finish();
    const bad = join(folder, 'bad.mp4');
    await writeFile(bad, 'no video');
    const loop = writeLoop(join(folder, 'loop.mp4'), playInOrder([good, bad]), { fps: 24 });
    await expect(loop).rejects.toMatchObject({ code: 'VIDEO_UNREADABLE', message: expect.stringContaining(bad) });
    expect((await readdir(folder)).sort()).toEqual(['bad.mp4', 'good.mp4']);
  });

  it('refuses to loop nothing', async () => {
    await expect(writeLoop(join(folder, 'loop.mp4'), each([]), { fps: 24 })).rejects.toMatchObject({
      code: 'VIDEO_EMPTY',
    });
  });

  it('keeps colours through being written twice', async () => {
    const path = join(folder, 'a.mp4');
    const writer = await openVideo(path, { width: 64, height: 64, fps: 24 });
    for (let t = 0; t < 3; t++) await writer.write(plain(64, 64, [180, 120, 90]));
    await writer.finish();
    await writeLoop(join(folder, 'loop.mp4'), playInOrder([path, path]), { fps: 24 });
    const [frame] = await collect(decodeVideo(join(folder, 'loop.mp4')));
    pixel(frame, 100, 100).forEach((value, i) => {
      expect(Math.abs(value - [180, 120, 90][i])).toBeLessThanOrEqual(3);
    });
  });
});
