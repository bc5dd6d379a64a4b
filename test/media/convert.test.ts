import { describe, expect, it } from 'vitest';
import { rgbFrame, rgbImage, yuvFrame } from '../../server/media/convert.ts';
import { loadFfmpeg } from '../../server/media/ffmpeg.ts';
import { draw, meanDifference, moving, plain } from './pictures.ts';

/** ITU-R BT.709-6, items 3.2 to 3.5, 8 bits, limited range. */
function bt709(rgb: readonly number[]): number[] {
  const [r, g, b] = rgb.map((value) => value / 255);
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return [16 + 219 * y, 128 + (224 * (b - y)) / 1.8556, 128 + (224 * (r - y)) / 1.5748];
}

const colours = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
  [0, 0, 0],
  [200, 150, 120],
  [90, 60, 45],
];

describe('colours of video', () => {
  it.each(colours)('rgb(%i, %i, %i) becomes the Y, Cb, Cr of BT.709', async (...colour) => {
    const ffmpeg = await loadFfmpeg();
    const rgb = rgbFrame(ffmpeg, plain(16, 16, colour));
    const yuv = await yuvFrame(ffmpeg, rgb, 16, 16);
    const bytes = yuv.toBuffer();
    const planes = [bytes[100], bytes[256 + 20], bytes[256 + 64 + 20]];
    bt709(colour).forEach((value, i) => {
      expect(Math.abs(planes[i] - value)).toBeLessThanOrEqual(1);
    });
    rgb.free();
    yuv.free();
  });

  it('comes back from YUV 4:2:0 as it went in, but for fine colour', async () => {
    const ffmpeg = await loadFfmpeg();
    const image = moving(96, 64, 0);
    const rgb = rgbFrame(ffmpeg, image);
    const yuv = await yuvFrame(ffmpeg, rgb, 96, 64);
    expect(meanDifference(await rgbImage(ffmpeg, yuv), image)).toBeLessThan(2);
    rgb.free();
    yuv.free();
  });

  it('takes widths that are no multiple of anything', async () => {
    const ffmpeg = await loadFfmpeg();
    const image = draw(37, 23, (x, y) => [7 * x, 11 * y, 3 * (x + y)]);
    const rgb = rgbFrame(ffmpeg, image);
    expect(await rgbImage(ffmpeg, rgb)).toEqual(image);
    rgb.free();
  });
});

describe('enlarging', () => {
  it('keeps the picture in its place and never rings beyond a small overshoot', async () => {
    const ffmpeg = await loadFfmpeg();
    // A step from dark to light between columns 15 and 16 of 32 lies between 63 and 64 of 128.
    const rgb = rgbFrame(
      ffmpeg,
      draw(32, 32, (x) => Array(3).fill(x < 16 ? 60 : 180)),
    );
    const large = await rgbImage(ffmpeg, rgb, 128, 128);
    rgb.free();
    const row = Array.from({ length: 128 }, (_, x) => large.data[3 * (64 * 128 + x)]);
    expect(row[0]).toBe(60);
    expect(row[127]).toBe(180);
    expect(row[63]).toBeLessThan(120);
    expect(row[64]).toBeGreaterThan(120);
    expect(Math.abs((row[63] + row[64]) / 2 - 120)).toBeLessThanOrEqual(2);
    expect(Math.min(...row)).toBeGreaterThan(60 - 0.08 * 120);
    expect(Math.max(...row)).toBeLessThan(180 + 0.08 * 120);
  });
});
