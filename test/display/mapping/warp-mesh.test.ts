import { describe, expect, it } from 'vitest';
import { warpByGrid } from '../../../display/mapping/grid-warp.ts';
import { orient } from '../../../display/mapping/orientation.ts';
import { buildWarpMesh } from '../../../display/mapping/warp-mesh.ts';
import { identityMapping, type Mapping, type Point } from '../../../server/protocol/mapping.ts';

/** A grid whose knots are moved by `offset(column, row)`. */
function gridOf(columns: number, rows: number, offset: (column: number, row: number) => Point): Mapping['grid'] {
  const offsets: Point[] = [];
  for (let row = 0; row <= rows; row++)
    for (let column = 0; column <= columns; column++) offsets.push(offset(column, row));
  return { columns, rows, offsets };
}

const wavy = gridOf(4, 3, (column, row) => ({
  x: 0.02 * Math.sin(column * 2 + row),
  y: 0.03 * Math.cos(column + row * 3),
}));

describe('the grid', () => {
  it('moves each knot by exactly its own offset', () => {
    for (let row = 0; row <= 3; row++) {
      for (let column = 0; column <= 4; column++) {
        const knot = wavy.offsets[row * 5 + column];
        const moved = warpByGrid(wavy, column / 4, row / 3);
        expect(moved.x).toBeCloseTo(column / 4 + knot.x, 12);
        expect(moved.y).toBeCloseTo(row / 3 + knot.y, 12);
      }
    }
  });

  it('leaves straight what is moved straight: a shift or a shear', () => {
    const sheared = gridOf(3, 2, (column, row) => ({ x: 0.1 * row + 0.05, y: -0.02 * column }));
    for (const [u, v] of [
      [0.1, 0.9],
      [0.5, 0.5],
      [0.77, 0.21],
    ]) {
      const moved = warpByGrid(sheared, u, v);
      expect(moved.x).toBeCloseTo(u + 0.2 * v + 0.05, 12);
      expect(moved.y).toBeCloseTo(v - 0.06 * u, 12);
    }
  });

  it('bends without kinks: the slope is the same on both sides of a knot', () => {
    const slope = (from: number, to: number) =>
      (warpByGrid(wavy, to, 0.4).y - warpByGrid(wavy, from, 0.4).y) / (to - from);
    expect(slope(0.5 - 1e-6, 0.5)).toBeCloseTo(slope(0.5, 0.5 + 1e-6), 4);
  });
});

describe('the mesh', () => {
  it('is two triangles over the whole screen where nothing is mapped', () => {
    const mesh = buildWarpMesh(identityMapping)!;
    expect([...mesh.positions]).toEqual([-1, 1, 0, 1, 1, 1, 0, 1, -1, -1, 0, 1, 1, -1, 0, 1]);
    expect([...mesh.places]).toEqual([0, 0, 1, 0, 0, 1, 1, 1]);
    expect(mesh.indices).toHaveLength(6);
  });

  it('lands the corners where they are pinned', () => {
    const corners: Mapping['corners'] = [
      { x: 0.1, y: 0.05 },
      { x: 0.8, y: 0.1 },
      { x: 0.95, y: 0.9 },
      { x: 0, y: 1 },
    ];
    const { positions } = buildWarpMesh({ ...identityMapping, corners })!;
    [0, 1, 3, 2].forEach((corner, vertex) => {
      const [x, y, , w] = positions.subarray(vertex * 4);
      expect((x / w + 1) / 2).toBeCloseTo(corners[corner].x, 6);
      expect((1 - y / w) / 2).toBeCloseTo(corners[corner].y, 6);
    });
  });

  it('has room for the finest grid, and refuses corners that span nothing', () => {
    const finest = gridOf(16, 16, () => ({ x: 0.01, y: 0 }));
    const mesh = buildWarpMesh({ ...identityMapping, grid: finest })!;
    expect(Math.max(...mesh.indices)).toBe(mesh.places.length / 2 - 1);
    const corners = [0, 1, 2, 3].map(() => ({ x: 0.5, y: 0.5 })) as unknown as Mapping['corners'];
    expect(buildWarpMesh({ ...identityMapping, corners })).toBeNull();
  });
});

describe('mirror and rotation', () => {
  const look = (rotation: number, mirror: boolean, u: number, v: number) => {
    const [a, b, c, d, e, f] = orient(1_920, 1_080, { rotation, mirror }).lookup;
    return [a * u + b * v + c, d * u + e * v + f].map((value) => Math.round(value * 1e9) / 1e9 + 0);
  };

  it('is nothing at 0', () => {
    expect(look(0, false, 0.3, 0.8)).toEqual([0.3, 0.8]);
  });

  it('turns a picture that is made upright: a quarter clockwise shows its bottom left at the top left', () => {
    const { width, height } = orient(1_920, 1_080, { rotation: 90, mirror: false });
    expect([width, height]).toEqual([1_080, 1_920]);
    expect(look(90, false, 0, 0)).toEqual([0, 1]);
    expect(look(90, false, 1, 0)).toEqual([0, 0]);
    expect(look(-90, false, 0, 0)).toEqual([1, 0]);
    expect(look(180, false, 0, 0)).toEqual([1, 1]);
    expect(look(-180, false, 0.25, 0.25)).toEqual([0.75, 0.75]);
  });

  it('mirrors before it turns', () => {
    expect(look(0, true, 0.2, 0.7)).toEqual([0.8, 0.7]);
    // The picture's left and right are exchanged, then it is turned: its mirrored bottom left is its bottom right.
    expect(look(90, true, 0, 0)).toEqual([1, 1]);
  });

  it('keeps proportion in between: equal steps on the screen are equal steps in the picture', () => {
    const [a, b, , d, e] = orient(1_920, 1_080, { rotation: 20, mirror: false }).lookup;
    const right = Math.hypot((a / 1_920) * 1_920, (d / 1_920) * 1_080);
    const down = Math.hypot((b / 1_080) * 1_920, (e / 1_080) * 1_080);
    expect(right).toBeCloseTo(1, 9);
    expect(down).toBeCloseTo(1, 9);
  });
});
