import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../server/image/decode.ts';
import {
  adobeRgb,
  asSrgb,
  displayP3,
  encoded,
  greyProfile,
  proPhoto,
  type RgbSpace,
  rgbProfile,
} from './icc-profile.ts';
import { type PngOrder, png } from './png-writer.ts';

/** A skin's colour, in whatever space. */
const skin = [0.8, 0.5, 0.35] as const;
const size = { width: 24, height: 16 };
const colour = (change: Partial<PngOrder>) =>
  png({ type: 'rgb', depth: 8, ...size, at: (_x, _y, channel) => (channel < 3 ? skin[channel] : 1), ...change });
const read = async (bytes: Uint8Array) => [...(await decodeImage({ name: 'it', bytes })).data.subarray(0, 3)];

function expectColour(read: readonly number[], wanted: readonly number[]): void {
  const off = wanted.map((value, i) => Math.abs(value - read[i]));
  expect(Math.max(...off), `${read} instead of ${wanted.map(Math.round)}`).toBeLessThan(2);
}

const depths = [8, 16] as const;
const spaces: readonly (readonly [string, RgbSpace])[] = [
  ['Adobe RGB', adobeRgb],
  ['Display P3', displayP3],
  ['ProPhoto RGB', proPhoto],
];

describe('a colour-managed viewer’s colours', () => {
  it.each(
    spaces.flatMap(([name, space]) =>
      depths.flatMap((depth) => (['rgb', 'rgba'] as const).map((type) => ({ name, space, depth, type }))),
    ),
  )('$name, $type of $depth bits', async ({ space, depth, type }) => {
    const profile = rgbProfile(space);
    expectColour(await read(colour({ type, depth, profile })), asSrgb(skin, space));
  });

  it.each(
    [1, 1.8, 2.2].flatMap((gamma) =>
      depths.flatMap((depth) => (['grey', 'grey+alpha'] as const).map((type) => ({ gamma, depth, type }))),
    ),
  )('$type of $depth bits, gamma $gamma', async ({ gamma, depth, type }) => {
    const at: PngOrder['at'] = (_x, _y, channel) => (channel === 0 ? 0.5 : 1);
    const grey = encoded(0.5 ** gamma);
    expectColour(await read(colour({ type, depth, at, profile: greyProfile(gamma) })), [grey, grey, grey]);
  });

  it.each(depths)('half transparent, with a profile, in %i bits', async (depth) => {
    const at: PngOrder['at'] = (_x, _y, channel) => (channel < 3 ? skin[channel] : 0.5);
    const wanted = asSrgb(skin, adobeRgb).map((value) => value / 2 + 64);
    expectColour(await read(colour({ type: 'rgba', depth, at, profile: rgbProfile(adobeRgb) })), wanted);
  });

  it.each(depths)('a profile that is broken, or of another kind, is passed over in %i bits', async (depth) => {
    const plain = skin.map((value) => 255 * value);
    for (const profile of [Buffer.from('no profile'), rgbProfile(adobeRgb).subarray(0, 200), greyProfile(1)]) {
      expectColour(await read(colour({ depth, profile })), plain);
    }
  });

  it.each<[string, (p: Sharp) => Sharp]>([
    ['TIFF of 16 bits', (p) => p.toColourspace('rgb16').tiff({ compression: 'lzw' })],
    ['JPEG', (p) => p.jpeg({ quality: 98 })],
    ['WebP', (p) => p.webp({ lossless: true })],
    ['AVIF', (p) => p.avif({ quality: 95 })],
  ])('Adobe RGB in a %s', async (_name, change) => {
    // Kept as it is: the values and the profile go from file to file.
    const kept = sharp(colour({ profile: rgbProfile(adobeRgb) }), { ignoreIcc: true }).keepIccProfile();
    const bytes = await change(kept).toBuffer();
    expect((await sharp(bytes).metadata()).hasProfile).toBe(true);
    const [read0, ...rest] = await read(bytes);
    const wanted = asSrgb(skin, adobeRgb);
    expect(Math.max(...[read0, ...rest].map((value, i) => Math.abs(value - wanted[i])))).toBeLessThan(4);
  });

  it('CMYK with a profile and without', async () => {
    for (const profile of ['cmyk', undefined]) {
      const rgb = sharp(colour({}));
      const cmyk = (profile ? rgb.withIccProfile(profile) : rgb).toColourspace('cmyk');
      for (const bytes of [await cmyk.clone().jpeg({ quality: 98 }).toBuffer(), await cmyk.clone().tiff().toBuffer()]) {
        const found = await read(bytes);
        expect(Math.max(...found.map((value, i) => Math.abs(value - 255 * skin[i])))).toBeLessThan(24);
      }
    }
  });
});
