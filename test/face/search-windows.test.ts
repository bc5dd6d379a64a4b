import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeFinds, searchWindows } from '../../server/face/search-windows.ts';

const size = fc.integer({ min: 1, max: 4000 });

describe('where to look for faces', () => {
  it('shows the whole picture first, then with room around it', () => {
    fc.assert(
      fc.property(size, size, (width, height) => {
        const [[whole], [roomy]] = searchWindows(width, height);
        for (const { x, y, side } of [whole, roomy]) {
          expect(x <= 0 && y <= 0 && x + side >= width && y + side >= height).toBe(true);
        }
        expect(roomy.side).toBeGreaterThan(1.5 * whole.side);
      }),
    );
  });

  it('shows every small face whole in a tile, and few tiles', () => {
    fc.assert(
      fc.property(
        size,
        size,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (width, height, u, v) => {
          const [, , tiles] = searchWindows(width, height);
          fc.pre(tiles !== undefined);
          expect(tiles.length).toBeLessThanOrEqual(9);
          const face = Math.min(width, height, tiles[0].side / 2);
          const [left, top] = [u * (width - face), v * (height - face)];
          const inside = tiles.some(({ x, y, side }) => {
            const slack = 1e-6;
            return (
              left >= x - slack && top >= y - slack && left + face <= x + side + slack && top + face <= y + side + slack
            );
          });
          expect(inside).toBe(true);
        },
      ),
    );
  });

  it('counts a face once that two windows saw, and two that touch twice', () => {
    const find = (x: number, width: number, score: number) => ({ box: { x, y: 0, width, height: 100 }, score });
    expect(mergeFinds([find(0, 100, 0.6), find(10, 95, 0.9)])).toEqual([find(10, 95, 0.9)]);
    expect(mergeFinds([find(0, 100, 0.9), find(20, 40, 0.8)])).toHaveLength(1);
    expect(mergeFinds([find(0, 100, 0.9), find(70, 100, 0.8)])).toHaveLength(2);
    expect(mergeFinds([])).toEqual([]);
  });
});
