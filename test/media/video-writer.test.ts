import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { videoCodecs } from '../../server/media/codecs.ts';
import { decodeVideo, probeVideo } from '../../server/media/probe.ts';
import { openVideo } from '../../server/media/video-writer.ts';
import { collect, meanDifference, moving, pixel, plain } from './pictures.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'media-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe.each(videoCodecs)('a video in %s', (codec) => {
  it('gives back every frame, in order, in its colours', async () => {
    const path = join(folder, 'film.mp4');
    const frames = Array.from({ length: 30 }, (_, t) => moving(128, 96, t));
    const writer = await openVideo(path, { width: 128, height: 96, fps: 24, codec, minimumSize: 1 });
    for (const frame of frames) await writer.write(frame);
    const written = await writer.finish();
    expect(written).toEqual({ frames: 30, bytes: (await stat(path)).size });

    expect(await probeVideo(path)).toMatchObject({
      codec,
      pixelFormat: 'yuv420p',
      width: 128,
      height: 96,
      fps: 24,
      frames: 30,
      seconds: 30 / 24,
      keyFrames: [0, 24],
      colour: { matrix: 1, primaries: 1, transfer: 1, fullRange: false },
    });
    const read = await collect(decodeVideo(path));
    expect(read.length).toBe(30);
    read.forEach((frame, t) => {
      // Each frame is nearer to itself than to its neighbours, so none is lost, doubled or moved.
      expect(meanDifference(frame, frames[t])).toBeLessThan(5);
      if (t > 0) expect(meanDifference(frame, frames[t])).toBeLessThan(meanDifference(frame, frames[t - 1]));
    });
  });

  it('keeps plain colours within two levels', async () => {
    const colours = [
      [196, 144, 118],
      [52, 60, 92],
      [230, 228, 220],
      [10, 10, 11],
      [160, 30, 40],
    ];
    const path = join(folder, 'film.mp4');
    const writer = await openVideo(path, { width: 64, height: 64, fps: 1, codec, quality: 'fine' });
    for (const colour of colours) await writer.write(plain(64, 64, colour));
    await writer.finish();
    const read = await collect(decodeVideo(path));
    read.forEach((frame, i) => {
      pixel(frame, 256, 256).forEach((value, channel) => {
        expect(Math.abs(value - colours[i][channel])).toBeLessThanOrEqual(2);
      });
    });
  });
});

describe('openVideo', () => {
  const write = async (path: string, options: Partial<Parameters<typeof openVideo>[1]> = {}, count = 3) => {
    const { width = 128, height = 128 } = options;
    const writer = await openVideo(path, { width, height, fps: 24, ...options });
    for (let t = 0; t < count; t++) await writer.write(moving(width, height, t));
    return writer;
  };

  it('writes High profile with its index in front, so that browsers start at once', async () => {
    const path = join(folder, 'film.mp4');
    await (await write(path)).finish();
    expect((await probeVideo(path)).profile).toBe(100);
    const bytes = await readFile(path);
    const boxes: string[] = [];
    for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at))
      boxes.push(bytes.toString('latin1', at + 4, at + 8));
    expect(boxes.indexOf('moov')).toBeGreaterThan(0);
    expect(boxes.indexOf('moov')).toBeLessThan(boxes.indexOf('mdat'));
  });

  it('enlarges a face of 128 px to 512 and pads odd sizes', async () => {
    const path = join(folder, 'film.mp4');
    const writer = await write(path, { width: 127, height: 129 });
    expect([writer.width, writer.height]).toEqual([512, 520]);
    await writer.finish();
    expect(await probeVideo(path)).toMatchObject({ width: 512, height: 520 });
  });

  it('takes frames of one pixel', async () => {
    const path = join(folder, 'film.mp4');
    await (await write(path, { width: 1, height: 1, minimumSize: 1 })).finish();
    expect(await probeVideo(path)).toMatchObject({ width: 2, height: 2, frames: 3 });
  });

  it('takes fractional frame rates', async () => {
    const path = join(folder, 'film.mp4');
    await (await write(path, { fps: 23.976 })).finish();
    expect((await probeVideo(path)).fps).toBeCloseTo(23.976, 3);
  });

  it('keeps order when the caller does not wait', async () => {
    const path = join(folder, 'film.mp4');
    const writer = await openVideo(path, { width: 64, height: 64, fps: 24, minimumSize: 1, quality: 'fine' });
    for (const level of [20, 90, 160, 230]) void writer.write(plain(64, 64, [level, level, level]));
    expect((await writer.finish()).frames).toBe(4);
    const levels = (await collect(decodeVideo(path))).map((frame) => pixel(frame, 32, 32)[0]);
    [20, 90, 160, 230].forEach((level, i) => {
      expect(Math.abs(levels[i] - level)).toBeLessThanOrEqual(2);
    });
  });

  it('shows nothing in the folder under its name until it is finished', async () => {
    const path = join(folder, 'film.mp4');
    const writer = await write(path);
    expect(await readdir(folder)).not.toContain('film.mp4');
    await writer.finish();
    expect(await readdir(folder)).toEqual(['film.mp4']);
  });

  it('leaves the file from before when aborted', async () => {
    const path = join(folder, 'film.mp4');
    await writeFile(path, 'from before');
    const writer = await write(path);
    await writer.abort();
    await writer.abort();
    expect(await readFile(path, 'utf8')).toBe('from before');
    expect(await readdir(folder)).toEqual(['film.mp4']);
    await expect(writer.write(moving(128, 128, 0))).rejects.toThrow('aborted');
  });

  it('keeps a finished file when aborted afterwards', async () => {
    const path = join(folder, 'film.mp4');
    const writer = await write(path);
    await writer.finish();
    await writer.abort();
    expect((await probeVideo(path)).frames).toBe(3);
    await expect(writer.finish()).rejects.toThrow('finished');
  });

  it('refuses to make a video of nothing', async () => {
    const writer = await write(join(folder, 'film.mp4'), {}, 0);
    await expect(writer.finish()).rejects.toMatchObject({ code: 'VIDEO_EMPTY' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('ends at a frame of another size, and says so again afterwards', async () => {
    const writer = await write(join(folder, 'film.mp4'));
    const message = /film\.mp4.*a frame is 64x64, not 128x128/;
    await expect(writer.write(moving(64, 64, 0))).rejects.toThrow(message);
    await expect(writer.finish()).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
  });

  it('names the file when its folder is missing', async () => {
    const path = join(folder, 'nowhere', 'film.mp4');
    await expect(write(path)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', message: expect.stringContaining(path) });
  });

  it('names the file when its folder is a file', async () => {
    await writeFile(join(folder, 'file'), '');
    const path = join(folder, 'file', 'film.mp4');
    await expect(write(path)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', message: expect.stringContaining(path) });
  });

  it('is undone by its folder vanishing halfway', async () => {
    const inner = await mkdtemp(join(folder, 'inner-'));
    const writer = await write(join(inner, 'film.mp4'));
    await rm(inner, { recursive: true });
    await expect(writer.finish()).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

/** A shell line run as root of its own namespace, where small disks may be mounted. */
const onSmallDisk = (line: string) => ['-rm', 'sh', '-ec', line];

describe('a disk', () => {
  const possible = spawnSync('unshare', onSmallDisk('mount -t tmpfs none /mnt')).status === 0;
  if (!possible) console.log('skipped: full and read-only disks, since this system lets nobody mount any (unshare)');
  const script = fileURLToPath(new URL('fill-disk.ts', import.meta.url));
  const fill = (mount: string, path: string) =>
    JSON.parse(
      execFileSync(
        'unshare',
        onSmallDisk(`mount -t tmpfs -o ${mount} none ${folder}; exec "$0" --import tsx ${script} ${path}`).concat(
          process.execPath,
        ),
        { encoding: 'utf8' },
      ),
    );

  it.skipIf(!possible)('that fills up is named with its file, and nothing half-written stays', () => {
    const path = join(folder, 'film.mp4');
    expect(fill('size=200k', path)).toEqual({
      familiar: true,
      code: 'DISK_FULL',
      message: `${path}: the disk is full. Make room and try again.`,
      left: [],
    });
  });

  it.skipIf(!possible)('that is read-only is named with its file', () => {
    expect(fill('ro', join(folder, 'film.mp4'))).toMatchObject({ familiar: true, code: 'FILE_NOT_ALLOWED', left: [] });
  });
});
