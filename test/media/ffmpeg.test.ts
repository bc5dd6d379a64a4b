import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.doUnmock('node-av/lib');
  vi.resetModules();
});

describe('FFmpeg', () => {
  it('is named as missing, with what to do, where its package has no build', async () => {
    vi.resetModules();
    vi.doMock('node-av/lib', () => {
      throw new Error('Could not load the node-av native binding for plan9-mips.');
    });
    const { openVideo } = await import('../../server/media/video-writer.ts');
    await expect(openVideo('film.mp4', { width: 8, height: 8, fps: 24 })).rejects.toMatchObject({
      code: 'FFMPEG_MISSING',
      message: expect.stringContaining(`FFmpeg for ${process.platform}-${process.arch} is not installed`),
    });
  });

  it("puts the operating system's codes on its failures, and none on its own", async () => {
    const { ffmpegError, loadFfmpeg } = await import('../../server/media/ffmpeg.ts');
    const ffmpeg = await loadFfmpeg();
    expect(ffmpegError(ffmpeg, ffmpeg.AVERROR_ENOSPC, 'writing')).toMatchObject({
      code: 'ENOSPC',
      message: 'writing: No space left on device',
    });
    expect(ffmpegError(ffmpeg, ffmpeg.AVERROR_INVALIDDATA, 'reading').code).toBeUndefined();
  });

  it('is imported by one file of the room, and there only when asked for', () => {
    const room = fileURLToPath(new URL('../../server/media/', import.meta.url));
    const importers = readdirSync(room).filter((name) => readFileSync(join(room, name), 'utf8').includes("'node-av"));
    expect(importers).toEqual(['ffmpeg.ts']);
    const text = readFileSync(join(room, 'ffmpeg.ts'), 'utf8');
    expect(text).not.toMatch(/^import (?!type).*node-av/m);
  });
});
