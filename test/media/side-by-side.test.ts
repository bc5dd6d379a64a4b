import { describe, expect, it } from 'vitest';
import { besideTarget } from '../../server/media/side-by-side.ts';
import { draw, pixel, plain } from './pictures.ts';

describe('besideTarget', () => {
  it('puts the portrait left, the face right, and a sharp dark line between', async () => {
    const stage = await besideTarget(plain(128, 128, [200, 10, 10]));
    const frame = await stage.compose(plain(128, 128, [10, 200, 10]));
    expect([frame.width, frame.height]).toEqual([1032, 512]);
    expect([stage.width, stage.height]).toEqual([1032, 512]);
    expect(pixel(frame, 511, 300)).toEqual([200, 10, 10]);
    expect(pixel(frame, 512, 300)).toEqual([12, 11, 11]);
    expect(pixel(frame, 519, 300)).toEqual([12, 11, 11]);
    expect(pixel(frame, 520, 300)).toEqual([10, 200, 10]);
    expect(pixel(frame, 1031, 511)).toEqual([10, 200, 10]);
  });

  it('leaves large pictures as they are, and the portrait through every frame', async () => {
    const target = draw(4, 2, (x, y) => [x, y, 1]);
    const stage = await besideTarget(target, 1);
    for (const level of [50, 100]) {
      const frame = await stage.compose(plain(4, 2, [level, level, level]));
      expect(frame.width).toBe(10);
      expect(pixel(frame, 3, 1)).toEqual([3, 1, 1]);
      expect(pixel(frame, 6, 0)).toEqual([level, level, level]);
    }
  });

  it('refuses a face of another size', async () => {
    const stage = await besideTarget(plain(4, 4, [0, 0, 0]), 1);
    await expect(stage.compose(plain(8, 8, [0, 0, 0]))).rejects.toThrow(RangeError);
  });
});
