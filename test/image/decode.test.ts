import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FamiliarError } from '../../server/errors.ts';
import { decodeImage, defaultLimits, openImage } from '../../server/image/decode.ts';
import { encodeJpeg, encodePng, encodeWebp } from '../../server/image/encode.ts';
import type { RgbImage } from '../../server/image/rgb-image.ts';

/** Smooth, and different in every corner and channel, so that a wrong turn or a wrong channel shows. */
const [width, height] = [96, 64];
const scene: RgbImage = {
  width,
  height,
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    return c === 0
      ? 60 + (150 * x) / width
      : c === 1
        ? 70 + (130 * y) / height
        : 90 + (60 * (x + y)) / (width + height);
  }),
};
const picture = () => sharp(scene.data, { raw: { width, height, channels: 3 } });
const named = (bytes: Uint8Array, name = 'it') => ({ name, bytes });

function difference(a: RgbImage, b: RgbImage): number {
  if (a.width !== b.width || a.height !== b.height || a.data.length !== b.data.length) return Number.POSITIVE_INFINITY;
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]), 0) / a.data.length;
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'read',
    (error) => (error instanceof FamiliarError ? error.code : `${error}`),
  );

/** How a sensor saw the upright scene, by EXIF 2.3's table: which side of the scene its first row and column are. */
function asStored({ width: w, height: h, data }: RgbImage, orientation: number): RgbImage {
  const upright: ((x: number, y: number) => [number, number])[] = [
    (x, y) => [x, y],
    (x, y) => [w - 1 - x, y],
    (x, y) => [w - 1 - x, h - 1 - y],
    (x, y) => [x, h - 1 - y],
    (x, y) => [y, x],
    (x, y) => [w - 1 - y, x],
    (x, y) => [w - 1 - y, h - 1 - x],
    (x, y) => [y, h - 1 - x],
  ];
  const [width, height] = orientation > 4 ? [h, w] : [w, h];
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = upright[orientation - 1](x, y);
      for (let c = 0; c < 3; c++) out[3 * (y * width + x) + c] = data[3 * (fromY * w + fromX) + c];
    }
  }
  return { width, height, data: out };
}

describe('photographs of every kind', () => {
  it.each<[string, (p: Sharp) => Sharp, number]>([
    ['JPEG', (p) => p.jpeg({ quality: 95 }), 2],
    ['progressive JPEG', (p) => p.jpeg({ quality: 95, progressive: true }), 2],
    ['CMYK JPEG', (p) => p.toColourspace('cmyk').jpeg({ quality: 95 }), 12],
    ['PNG', (p) => p.png(), 0],
    ['PNG with a palette', (p) => p.png({ palette: true }), 6],
    ['PNG of 16 bits', (p) => p.toColourspace('rgb16').png(), 0.5],
    ['TIFF of 16 bits', (p) => p.toColourspace('rgb16').tiff({ compression: 'lzw' }), 0.5],
    ['TIFF in Lab', (p) => p.toColourspace('lab').tiff({ compression: 'lzw' }), 3],
    ['WebP', (p) => p.webp({ quality: 95 }), 3],
    ['AVIF', (p) => p.avif({ quality: 90 }), 3],
    ['GIF', (p) => p.gif(), 6],
    ['Display P3', (p) => p.withIccProfile('p3').png(), 2],
    ['opaque alpha', (p) => p.ensureAlpha(1).png(), 0],
  ])('%s', async (_name, change, tolerance) => {
    const read = await decodeImage(named(await change(picture()).toBuffer()));
    expect(difference(read, scene)).toBeLessThanOrEqual(tolerance);
  });

  it.each([
    ['8 bits', (p: Sharp) => p.greyscale()],
    ['16 bits', (p: Sharp) => p.greyscale().toColourspace('grey16')],
  ])('grey of %s has three equal channels', async (_name, change) => {
    const { data } = await decodeImage(named(await change(picture()).png().toBuffer()));
    expect(data).toHaveLength(scene.data.length);
    expect(data.every((value, i) => value === data[i - (i % 3)])).toBe(true);
  });

  it('lies over mid-grey where it is transparent', async () => {
    const { data } = await decodeImage(named(await picture().ensureAlpha(0).png().toBuffer()));
    expect(data.every((value) => Math.abs(value - 128) <= 1)).toBe(true);
  });

  it.each(['gif', 'webp'] as const)('is the first picture of an animated %s', async (format) => {
    const second = sharp({ create: { width, height, channels: 3, background: '#00f' } }).png();
    const frames = [await picture().png().toBuffer(), await second.toBuffer()];
    const bytes = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    expect((await sharp(bytes).metadata()).pages).toBe(2);
    expect(difference(await decodeImage(named(bytes)), scene)).toBeLessThan(8);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'stands upright with EXIF orientation %i, whole and in part',
    async (orientation) => {
      const stored = asStored(scene, orientation);
      const raw = { width: stored.width, height: stored.height, channels: 3 as const };
      const bytes = await sharp(stored.data, { raw }).withMetadata({ orientation }).png().toBuffer();
      const opened = await openImage(named(bytes));
      expect([opened.width, opened.height]).toEqual([width, height]);
      expect(difference(await opened.read(), scene)).toBeLessThanOrEqual(0.5);
      const area = { left: 10, top: 20, width: 40, height: 30 };
      const part = await picture().extract(area).raw().toBuffer();
      expect(difference(await opened.read({ area }), { width: 40, height: 30, data: part })).toBeLessThanOrEqual(0.5);
    },
  );

  it('is reduced on request, keeps its proportions, and is never enlarged', async () => {
    const opened = await openImage(named(await picture().jpeg().toBuffer()));
    expect(await opened.read({ within: 48 })).toMatchObject({ width: 48, height: 32 });
    expect(await opened.read({ within: 1000 })).toMatchObject({ width, height });
  });

  it('survives what we write', async () => {
    expect(difference(await decodeImage(named(await encodePng(scene))), scene)).toBe(0);
    expect(difference(await decodeImage(named(await encodeJpeg(scene))), scene)).toBeLessThan(3);
    expect(difference(await decodeImage(named(await encodeWebp(scene))), scene)).toBeLessThan(4);
  });
});

/** A PNG that claims a size without having the pixels. */
function claimingPng(w: number, h: number): Buffer {
  const chunk = (type: string, body: Buffer) => {
    const data = Buffer.concat([Buffer.from(type), body]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(body.length, 0);
    ends.writeUInt32BE(crc32(data), 4);
    return Buffer.concat([ends.subarray(0, 4), data, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(w, 0);
  header.writeUInt32BE(h, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', Buffer.alloc(16)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('what is no good photograph', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'decode-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each<[string, string, Buffer]>([
    ['nothing', 'IMAGE_EMPTY', Buffer.alloc(0)],
    ['text', 'IMAGE_NOT_RECOGNISED', Buffer.from('Dear museum')],
    ['a picture by name only', 'IMAGE_NOT_RECOGNISED', Buffer.alloc(5000, 7)],
    ['an iPhone HEIC', 'IMAGE_FORMAT_UNSUPPORTED', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')],
    ['a film', 'IMAGE_FORMAT_UNSUPPORTED', Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomavc1', 'latin1')],
    ['an SVG', 'IMAGE_FORMAT_UNSUPPORTED', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9"/>')],
    ['a PDF', 'IMAGE_FORMAT_UNSUPPORTED', Buffer.from('%PDF-1.7')],
    ['20,000 px', 'IMAGE_TOO_LARGE', claimingPng(20_000, 20_000)],
    ['20,000 px in one row', 'IMAGE_TOO_LARGE', claimingPng(20_000, 1)],
    ['pixels that are only claimed', 'IMAGE_DAMAGED', claimingPng(16_000, 12_000)],
    ['a header alone', 'IMAGE_DAMAGED', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
  ])('%s is refused in a sentence', async (_name, code, bytes) => {
    const path = join(folder, 'portrait.jpg');
    await writeFile(path, bytes);
    for (const source of [path, named(bytes, path)]) {
      const error = await decodeImage(source).catch((e) => e);
      expect(error).toMatchObject({ code, exitCode: 1 });
      expect(error.message.startsWith(`${path}: `)).toBe(true);
      expect(error.message).toMatch(/\.$/);
    }
  });

  it('a path that is no file is refused', async () => {
    expect(await codeOf(decodeImage(join(folder, 'missing.jpg')))).toBe('FILE_NOT_FOUND');
    expect(await codeOf(decodeImage(folder))).toMatch(/IMAGE_NOT_A_FILE|FILE_IS_FOLDER/);
  });

  it('limits are limits', async () => {
    const source = named(await picture().png().toBuffer());
    const open = (limit: Partial<typeof defaultLimits>) => codeOf(openImage(source, { ...defaultLimits, ...limit }));
    expect(await open({ maxBytes: 100 })).toBe('IMAGE_FILE_TOO_LARGE');
    expect(await open({ maxSide: 95 })).toBe('IMAGE_TOO_LARGE');
    expect(await open({ maxPixels: 96 * 64 - 1 })).toBe('IMAGE_TOO_LARGE');
    expect(await open({ maxSide: 96, maxPixels: 96 * 64 })).toBe('read');
  });

  it('one pixel is a picture', async () => {
    const bytes = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#123456' } })
      .png()
      .toBuffer();
    expect(await decodeImage(named(bytes))).toMatchObject({
      width: 1,
      height: 1,
      data: Buffer.from([0x12, 0x34, 0x56]),
    });
  });

  it.each(['jpeg', 'png', 'webp', 'avif', 'tiff'] as const)('a %s that was cut short is damaged', async (format) => {
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
    const noisy = sharp({ create: { width: 300, height: 300, channels: 3, background: '#808080', noise } });
    const bytes = await noisy.toFormat(format).toBuffer();
    for (const part of [0.3, 0.6, 0.95]) {
      expect(await codeOf(decodeImage(named(bytes.subarray(0, part * bytes.length)), { within: 60 }))).toBe(
        'IMAGE_DAMAGED',
      );
    }
  });

  it('whatever bytes come, they are read or refused', async () => {
    const files = await Promise.all([
      picture().jpeg().toBuffer(),
      picture().png().toBuffer(),
      picture().webp().toBuffer(),
    ]);
    const mutated = fc
      .tuple(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
      )
      .map(([file, changes]) => {
        const bytes = Buffer.from(file);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes;
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), async (bytes) => {
        const small = { ...defaultLimits, maxPixels: 1e6 };
        const opened = await openImage(named(bytes), small).catch((error) => error);
        const read = opened instanceof Error ? opened : await opened.read().catch((error: unknown) => error);
        if (read instanceof Error) expect(read).toBeInstanceOf(FamiliarError);
        else expect(read.data.length).toBe(3 * read.width * read.height);
      }),
      { numRuns: 150 },
    );
  });
});
