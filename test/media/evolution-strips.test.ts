import { expect, it } from 'vitest';
import type { RgbImage } from '../../server/image/rgb-image.ts';
import { evenlyChanging } from '../../server/media/evolution-strips.ts';

const grey = (level: number): RgbImage => ({ width: 1, height: 1, data: new Uint8Array(3).fill(level) });
const shown = (levels: number[], count: number) => evenlyChanging(levels.map(grey), count).map(({ data }) => data[0]);

it('shows the way of a face evenly, however soon it is over', () => {
  const sudden = [0, 25, 50, 75, 100, ...Array(200).fill(100)];
  expect(shown(sudden, 5)).toEqual([0, 25, 50, 75, 100]);
});

it('does not count that a face trembles where it has arrived', () => {
  const trembling = [0, 25, 50, 75, ...Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 98 : 102)), 100];
  expect(shown(trembling, 5)).toEqual([0, 25, 50, 75, 100]);
});

it('has as many pictures as asked for, also of a face that never moves', () => {
  expect(shown([7, 7, 7], 4)).toEqual([7, 7, 7, 7]);
  expect(shown([7], 3)).toEqual([7, 7, 7]);
});
