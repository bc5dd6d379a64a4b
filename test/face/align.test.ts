import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alignmentQuad, type Point } from '../../server/face/align.ts';
import { cropFace } from '../../server/face/crop.ts';
import type { RgbImage } from '../../server/image/rgb-image.ts';
import { hasReference, referencePath } from '../reference.ts';

describe.skipIf(!hasReference)('the FFHQ square', () => {
  it('agrees with the published procedure as far as its stored landmarks go', () => {
    const { cases } = JSON.parse(readFileSync(referencePath('alignment.json'), 'utf8'));
    const errors = (cases as { landmarks68: Point[]; quad: Point[] }[]).map(({ landmarks68, quad }) =>
      Math.max(
        ...alignmentQuad(landmarks68).flatMap(([x, y], i) => [Math.abs(x - quad[i][0]), Math.abs(y - quad[i][1])]),
      ),
    );
    expect(errors.length).toBeGreaterThan(10);
    // The file's landmarks are rounded to 0.01 px, which by itself moves a corner by up to 0.016 px.
    expect(errors.filter((error) => error > 0.01).length).toBeLessThanOrEqual(1);
    expect(Math.max(...errors)).toBeLessThan(0.016);
  });
});

/** Red grows to the right, green downwards. */
const ramp = (width: number, height: number): RgbImage => ({
  width,
  height,
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    return c === 0 ? (255 * x) / width : c === 1 ? (255 * y) / height : 60;
  }),
});

const colourAt = ({ width, data }: RgbImage, x: number, y: number) =>
  [0, 1, 2].map((c) => data[3 * (y * width + x) + c]);

describe('the crop', () => {
  it.each([64, 200])('takes an upright square as it is, at %i px', async (size) => {
    const crop = await cropFace(
      ramp(512, 512),
      [
        [128, 128],
        [128, 384],
        [384, 384],
        [384, 128],
      ],
      size,
    );
    const [r, g] = colourAt(crop, size / 2, size / 2);
    expect(Math.abs(r - 127.5)).toBeLessThan(3);
    expect(Math.abs(g - 127.5)).toBeLessThan(3);
    const [left] = colourAt(crop, 1, size / 2);
    expect(Math.abs(left - 64)).toBeLessThan(5);
  });

  it('turns a turned square upright', async () => {
    // A quarter turn: the square's top is the picture's right.
    const crop = await cropFace(
      ramp(512, 512),
      [
        [384, 128],
        [128, 128],
        [128, 384],
        [384, 384],
      ],
      64,
    );
    expect(colourAt(crop, 32, 2)[0]).toBeGreaterThan(180);
    expect(colourAt(crop, 32, 61)[0]).toBeLessThan(75);
  });

  it.each([
    [-120, -80],
    [300, 350],
    [-250, 100],
  ])('goes on over the edge without a black border (%i, %i)', async (x, y) => {
    const side = 420;
    const crop = await cropFace(
      ramp(512, 512),
      [
        [x, y],
        [x, y + side],
        [x + side, y + side],
        [x + side, y],
      ],
      96,
    );
    expect(Math.min(...Array.from({ length: 96 }, (_, i) => colourAt(crop, i, 0)[2]))).toBeGreaterThan(50);
    expect(Math.min(...Array.from({ length: 96 }, (_, i) => colourAt(crop, i, 95)[2]))).toBeGreaterThan(50);
  });
});
