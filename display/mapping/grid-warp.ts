import type { Mapping, Point } from '../../server/protocol/mapping.ts';

/**
 * Where the grid moves a point of the picture: the knots' offsets, joined by Catmull-Rom splines so that a curved wall
 * needs few knots and shows no kinks. A knot is moved by exactly its own offset. `u`, `v` in 0..1.
 */
export function warpByGrid({ columns, rows, offsets }: Mapping['grid'], u: number, v: number): Point {
  const column = Math.min(columns - 1, Math.floor(u * columns));
  const row = Math.min(rows - 1, Math.floor(v * rows));
  const acrossX = [0, 0, 0, 0];
  const acrossY = [0, 0, 0, 0];
  for (let k = 0; k < 4; k++) {
    const knot = (i: number) => knotAt({ columns, rows, offsets }, column - 1 + i, row - 1 + k);
    const [a, b, c, d] = [knot(0), knot(1), knot(2), knot(3)];
    acrossX[k] = catmullRom(a.x, b.x, c.x, d.x, u * columns - column);
    acrossY[k] = catmullRom(a.y, b.y, c.y, d.y, u * columns - column);
  }
  const t = v * rows - row;
  return {
    x: u + catmullRom(acrossX[0], acrossX[1], acrossX[2], acrossX[3], t),
    y: v + catmullRom(acrossY[0], acrossY[1], acrossY[2], acrossY[3], t),
  };
}

/** Offset of a knot; beyond the edge the net goes on straight. */
function knotAt(grid: Mapping['grid'], column: number, row: number): Point {
  const { columns, rows, offsets } = grid;
  if (column < 0 || column > columns) {
    const [edge, inner] = column < 0 ? [0, 1] : [columns, columns - 1];
    return extend(knotAt(grid, edge, row), knotAt(grid, inner, row));
  }
  if (row < 0 || row > rows) {
    const [edge, inner] = row < 0 ? [0, 1] : [rows, rows - 1];
    return extend(knotAt(grid, column, edge), knotAt(grid, column, inner));
  }
  return offsets[row * (columns + 1) + column];
}

const extend = (edge: Point, inner: Point): Point => ({ x: 2 * edge.x - inner.x, y: 2 * edge.y - inner.y });

/** The cubic through b (t = 0) and c (t = 1) with slopes (c - a) / 2 and (d - b) / 2. */
const catmullRom = (a: number, b: number, c: number, d: number, t: number): number =>
  b + (t / 2) * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
