import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../server/image/rgb-image.ts';
import { sampleQuad } from '../../server/image/sample.ts';

/** Colours that are linear in place, so that every look between pixels has a known answer. */
const ramp = (width: number, height: number): RgbImage => ({
  width,
  height,
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y] = [(Math.floor(i / 3) % width) + 0.5, Math.floor(i / 3 / width) + 0.5];
    return [x, y, (x + y) / 2][i % 3];
  }),
});

/** A square of `side` pixels, turned by `angle`, around a point. */
function square(x: number, y: number, side: number, angle: number): [number, number][] {
  const [c, s] = [(Math.cos(angle) * side) / 2, (Math.sin(angle) * side) / 2];
  return [
    [x - c + s, y - s - c],
    [x - c - s, y - s + c],
    [x + c - s, y + s + c],
    [x + c + s, y + s - c],
  ];
}

describe('a look through a square', () => {
  it('of whole pixels gives those pixels', () => {
    const image = ramp(200, 200);
    const { data } = sampleQuad(image, square(100, 100, 100, 0), 100);
    for (const [x, y] of [
      [0, 0],
      [99, 0],
      [37, 62],
    ]) {
      const at = 3 * ((50 + y) * 200 + 50 + x);
      expect([...data.subarray(3 * (100 * y + x), 3 * (100 * y + x) + 3)]).toEqual([
        ...image.data.subarray(at, at + 3),
      ]);
    }
  });

  it.each([
    [0, 40],
    [0.3, 40],
    [Math.PI / 2, 25],
    [-2.5, 80],
    [1, 200],
  ])('turned by %f and scaled to %i px finds every colour in its place', (angle, size) => {
    const corners = square(110, 90, 100, angle);
    const { data } = sampleQuad(ramp(220, 220), corners, size);
    const [[x0, y0], [xDown, yDown], , [xRight, yRight]] = corners;
    let worst = 0;
    for (let i = 0; i < size * size; i++) {
      const [u, v] = [((i % size) + 0.5) / size, (Math.floor(i / size) + 0.5) / size];
      const x = x0 + u * (xRight - x0) + v * (xDown - x0);
      const y = y0 + u * (yRight - y0) + v * (yDown - y0);
      worst = Math.max(worst, Math.abs(data[3 * i] - (x - 0.5)), Math.abs(data[3 * i + 1] - (y - 0.5)));
    }
    // The ramp itself is rounded down to whole numbers.
    expect(worst).toBeLessThan(1.1);
  });

  it('from far away does not alias', () => {
    const checks = {
      ...ramp(256, 256),
      data: Uint8Array.from({ length: 3 * 256 * 256 }, (_, i) => {
        const pixel = Math.floor(i / 3);
        return (pixel + Math.floor(pixel / 256)) % 2 === 0 ? 0 : 200;
      }),
    };
    const { data } = sampleQuad(checks, square(128, 128, 250, 0.2), 50);
    expect(Math.max(...data) - Math.min(...data)).toBeLessThan(40);
  });

  it('over the edge sees the edge, even of one pixel', () => {
    const one = { width: 1, height: 1, data: Uint8Array.from([10, 20, 30]) };
    const { data } = sampleQuad(one, square(5, -7, 40, 0.4), 8);
    expect(data.every((value, i) => value === [10, 20, 30][i % 3])).toBe(true);
  });
});
