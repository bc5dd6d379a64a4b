import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RgbImage } from '../../server/image/rgb-image.ts';
import { dissolveEnd, lastFrames, playInOrder, writeLoop } from '../../server/media/loop.ts';
import { decodeVideo } from '../../server/media/probe.ts';
import { openVideo } from '../../server/media/video-writer.ts';
import { collect, meanDifference, moving, pixel, plain } from './pictures.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'media-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const grey = (level: number): RgbImage => plain(2, 2, [level, level, level]);
async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
const levels = async (frames: number[], leadIn: number[]) =>
  (await collect(dissolveEnd(each(frames.map(grey)), leadIn.map(grey)))).map((frame) => frame.data[0]);

describe('dissolveEnd', () => {
  it('fades the last frames into those that came before the first', async () => {
    expect(await levels([10, 20, 30, 40, 50], [100, 100, 100, 100])).toEqual([10, 40, 65, 85, 100]);
  });

  it('changes nothing where nothing came before', async () => {
    expect(await levels([10, 20, 30], [])).toEqual([10, 20, 30]);
  });

  it('ends on the frame that the first one followed, and keeps the number of frames, whatever the lengths', async () => {
    const greys = fc.array(fc.nat(255), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(greys, greys, async (frames, leadIn) => {
        const seen = await levels(frames, leadIn);
        expect(seen.length).toBe(frames.length);
        if (frames.length > 0 && leadIn.length > 0) expect(seen.at(-1)).toBe(leadIn.at(-1));
        expect(seen.slice(0, -leadIn.length || undefined)).toEqual(frames.slice(0, -leadIn.length || undefined));
      }),
    );
  });

  it('holds no more frames than it needs', async () => {
    let taken = 0;
    const source = async function* () {
      for (let i = 0; i < 1000; i++) {
        taken++;
        yield grey(i % 256);
      }
    };
    let given = 0;
    for await (const _ of dissolveEnd(source(), [grey(0), grey(0), grey(0)])) {
      given++;
      expect(taken - given).toBeLessThanOrEqual(3);
    }
    expect(given).toBe(1000);
  });

  it('refuses to fade into a picture of another size', async () => {
    await expect(collect(dissolveEnd(each([grey(1)]), [plain(4, 4, [1, 1, 1])]))).rejects.toThrow(RangeError);
  });
});

describe('lastFrames', () => {
  it('keeps the end only', async () => {
    const frames = await lastFrames(each([1, 2, 3, 4].map(grey)), 2);
    expect(frames.map((frame) => frame.data[0])).toEqual([3, 4]);
    expect((await lastFrames(each([grey(9)]), 5)).length).toBe(1);
  });
});

describe('writeLoop', () => {
  it('turns without a jump: the seam is no larger than any other step', async () => {
    // Evolutions of one pass, and of another that ends a little elsewhere.
    const film = async (name: string, shift: number) => {
      const path = join(folder, name);
      const writer = await openVideo(path, { width: 64, height: 64, fps: 24, minimumSize: 1, quality: 'fine' });
      for (let t = 0; t < 24; t++) await writer.write(moving(64, 64, t + shift));
      await writer.finish();
      return path;
    };
    const before = await film('before.mp4', -24);
    const a = await film('a.mp4', 0);
    const b = await film('b.mp4', 24);
    const path = join(folder, 'loop.mp4');
    const leadIn = await lastFrames(decodeVideo(before), 12);
    const loop = await writeLoop(path, playInOrder([a, b]), { fps: 24, minimumSize: 1, quality: 'fine', leadIn });
    expect(loop.frames).toBe(48);

    const frames = await collect(decodeVideo(path));
    const steps = frames.slice(1).map((frame, i) => meanDifference(frame, frames[i]));
    const seam = meanDifference(frames[frames.length - 1], frames[0]);
    expect(seam).toBeLessThanOrEqual(Math.max(...steps));
    expect(meanDifference(loop.first, frames[0])).toBeLessThan(3);
    expect(meanDifference(loop.last, frames[47])).toBeLessThan(3);
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
