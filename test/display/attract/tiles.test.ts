import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atlasGrid } from '../../../display/attract/atlas.ts';
import { fieldFor } from '../../../display/attract/field.ts';
import { TileMap } from '../../../display/attract/tile-map.ts';

describe('the tiles of the wall', () => {
  it('never gives one tile to two faces, however faces come and go', () => {
    const names = fc.uniqueArray(fc.integer({ min: 0, max: 30 }).map(String), { maxLength: 25 });
    fc.assert(
      fc.property(fc.array(names, { maxLength: 20 }), (rounds) => {
        const tiles = new TileMap(12);
        for (const wanted of rounds) {
          tiles.want(wanted);
          for (const id of wanted) tiles.take(id);
          const slots = wanted.map((id) => tiles.slotOf(id)).filter((slot) => slot >= 0);
          expect(new Set(slots).size).toBe(slots.length);
          expect(slots.length).toBe(Math.min(12, wanted.length));
          expect(slots.every((slot) => slot < 12)).toBe(true);
          expect(tiles.taken).toBe(slots.length);
        }
      }),
    );
  });

  it('keeps the tile of a face that stays', () => {
    const tiles = new TileMap(4);
    tiles.want(['a', 'b']);
    const slot = tiles.take('b');
    tiles.want(['b', 'c', 'd']);
    for (const id of ['c', 'd']) tiles.take(id);
    expect(tiles.slotOf('b')).toBe(slot);
    expect(tiles.take('b')).toBe(slot);
  });

  it('has none for a face that is gone: its picture came too late', () => {
    const tiles = new TileMap(4);
    tiles.want(['a']);
    tiles.want([]);
    expect(tiles.take('a')).toBeNull();
    expect(tiles.slotOf('a')).toBe(-1);
  });
});

describe('the atlas', () => {
  it('has room for all, sides that are powers of two, and no more than twice what is needed', () => {
    for (const faces of [1, 48, 64, 65, 200, 256, 257, 500, 512]) {
      const { columns, rows } = atlasGrid(faces);
      expect(columns * rows).toBeGreaterThanOrEqual(faces);
      expect(columns * rows).toBeLessThanOrEqual(Math.max(64, 2 * faces));
      for (const side of [columns, rows]) expect(Number.isInteger(Math.log2(side))).toBe(true);
      // 128 px tiles stay within what every GPU of the last ten years takes.
      expect(Math.max(columns, rows) * 128).toBeLessThanOrEqual(4_096);
    }
  });
});

describe('the field', () => {
  it('is empty without faces, and bounded with any number', () => {
    expect(fieldFor(0).count).toBe(0);
    for (const faces of [1, 6, 60, 500, 100_000]) {
      const { count, depth, size, spacious } = fieldFor(faces);
      expect(count).toBeGreaterThanOrEqual(100);
      expect(count).toBeLessThanOrEqual(500);
      expect(Math.min(depth, size, spacious)).toBeGreaterThan(0);
    }
  });
});
