import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOutPicture, padded } from '../../server/media/picture-layout.ts';
import { draw, pixel } from './pictures.ts';

const layOut = (width: number, height: number, minimumSize = 512, fps = 24) =>
  layOutPicture('film.mp4', { width, height }, fps, minimumSize);

describe('layOutPicture', () => {
  it('enlarges small frames by a whole number', () => {
    expect(layOut(128, 128)).toEqual({ width: 512, height: 512 });
    expect(layOut(256, 256)).toEqual({ width: 512, height: 512 });
    expect(layOut(260, 128)).toEqual({ width: 1040, height: 512 });
    expect(layOut(1024, 1024)).toEqual({ width: 1024, height: 1024 });
    expect(layOut(128, 128, 1)).toEqual({ width: 128, height: 128 });
  });

  it('pads odd sides', () => {
    expect(layOut(127, 129)).toEqual({ width: 512, height: 520 });
  });

  it('always gives even sides that a player can show', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4096 }), fc.integer({ min: 1, max: 4096 }), (width, height) => {
        const size = layOut(width, height);
        for (const side of [size.width, size.height]) {
          expect(side % 2).toBe(0);
          expect(side).toBeLessThanOrEqual(4096);
        }
        expect(size.width).toBeGreaterThanOrEqual(width);
        expect(size.height).toBeGreaterThanOrEqual(height);
      }),
    );
  });

  it.each([
    [5000, 10, 24, /film\.mp4: a video has sides of at most 4096 px, not 5000x10/],
    [128, 128, 0, /1 to 120 frames a second, not 0/],
    [128, 128, Number.NaN, /1 to 120 frames a second/],
    [128, 128, 1000, /1 to 120 frames a second/],
  ])('refuses %i x %i at %d frames a second', (width, height, fps, message) => {
    expect(() => layOut(width, height, 512, fps)).toThrow(message);
  });
});

describe('padded', () => {
  it('repeats the last column and row', () => {
    const image = padded(draw(3, 1, (x) => [x, 10 + x, 20 + x]));
    expect([image.width, image.height]).toEqual([4, 2]);
    expect(pixel(image, 3, 0)).toEqual([2, 12, 22]);
    expect(pixel(image, 3, 1)).toEqual([2, 12, 22]);
    expect(pixel(image, 0, 1)).toEqual([0, 10, 20]);
  });

  it('leaves even pictures alone', () => {
    const image = draw(4, 2, (x, y) => [x, y, 0]);
    expect(padded(image)).toBe(image);
  });
});
