import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { contactSheet } from '../../server/media/contact-sheet.ts';
import { pixel, plain } from './pictures.ts';

const red = plain(32, 32, [200, 0, 0]);
const blue = plain(16, 24, [0, 0, 200]);
const pairs = (count: number) => Array.from({ length: count }, () => ({ target: red, result: blue }));

async function read(png: Buffer) {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(3);
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

describe('contactSheet', () => {
  it('puts each portrait over its face, twelve in two rows of six', async () => {
    const sheet = await read(await contactSheet(pairs(12), { tile: 64 }));
    // margin 8, six tiles of 64, five gutters of 4; two pairs of 129, a gap of 8
    expect([sheet.width, sheet.height]).toEqual([16 + 6 * 64 + 5 * 4, 16 + 2 * 129 + 8]);
    expect(pixel(sheet, 0, 0)).toEqual([12, 11, 11]);
    expect(pixel(sheet, 8, 8)).toEqual([200, 0, 0]);
    expect(pixel(sheet, 8 + 63, 8 + 63)).toEqual([200, 0, 0]);
    expect(pixel(sheet, 40, 8 + 64)).toEqual([12, 11, 11]);
    expect(pixel(sheet, 40, 8 + 65)).toEqual([0, 0, 200]);
    expect(pixel(sheet, 8 + 64, 40)).toEqual([12, 11, 11]);
    expect(pixel(sheet, sheet.width - 9, sheet.height - 9)).toEqual([0, 0, 200]);
  });

  it('puts a row that is not full in the middle', async () => {
    const sheet = await read(await contactSheet(pairs(3), { tile: 64, columns: 2 }));
    const row = 8 + 129 + 8 + 32;
    expect(pixel(sheet, 8, row)).toEqual([12, 11, 11]);
    expect(pixel(sheet, sheet.width / 2, row)).toEqual([200, 0, 0]);
  });

  it.each([
    [1, 1, 1],
    [7, 4, 2],
    [13, 5, 3],
  ])('of %i has rows of %i', async (count, columns, rows) => {
    const sheet = await read(await contactSheet(pairs(count), { tile: 64 }));
    expect(sheet.width).toBe(16 + columns * 64 + (columns - 1) * 4);
    expect(sheet.height).toBe(16 + rows * 129 + (rows - 1) * 8);
  });

  it('refuses to show nothing', async () => {
    await expect(contactSheet([])).rejects.toThrow(RangeError);
  });
});
