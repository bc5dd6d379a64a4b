import type { Mapping } from '../../server/protocol/mapping.ts';
import { warpByGrid } from './grid-warp.ts';
import { squareToQuad } from './homography.ts';

/** The net of triangles on which a picture is laid onto the wall. */
export interface WarpMesh {
  /** [vertices, 4]: clip space with its own w, so that the GPU interpolates in true perspective. */
  readonly positions: Float32Array;
  /** [vertices, 2]: place in the mapped picture, 0,0 top left. */
  readonly places: Float32Array;
  readonly indices: Uint16Array;
}

/** Cells between two knots of the grid: fine enough for a smooth bend. */
const cellsPerKnot = 8;

/** Bends by the grid, then pins the corners. Null where the corners span no picture. */
export function buildWarpMesh({ corners, grid }: Pick<Mapping, 'corners' | 'grid'>): WarpMesh | null {
  const pin = squareToQuad(corners);
  if (!pin) return null;
  const bent = grid.offsets.some(({ x, y }) => x !== 0 || y !== 0);
  const columns = bent ? grid.columns * cellsPerKnot : 1;
  const rows = bent ? grid.rows * cellsPerKnot : 1;
  const count = (columns + 1) * (rows + 1);
  const positions = new Float32Array(count * 4);
  const places = new Float32Array(count * 2);
  for (let row = 0, vertex = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++, vertex++) {
      const u = column / columns;
      const v = row / rows;
      const { x, y } = bent ? warpByGrid(grid, u, v) : { x: u, y: v };
      const w = pin[6] * x + pin[7] * y + pin[8];
      const screenX = pin[0] * x + pin[1] * y + pin[2];
      const screenY = pin[3] * x + pin[4] * y + pin[5];
      // Screen 0..1, y down, to clip space -1..1, y up.
      positions.set([2 * screenX - w, w - 2 * screenY, 0, w], vertex * 4);
      places.set([u, v], vertex * 2);
    }
  }
  return { positions, places, indices: gridIndices(columns, rows) };
}

/** Two triangles a cell. */
function gridIndices(columns: number, rows: number): Uint16Array {
  const indices = new Uint16Array(columns * rows * 6);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at += 6) {
      const topLeft = row * (columns + 1) + column;
      const bottomLeft = topLeft + columns + 1;
      indices.set([topLeft, bottomLeft, topLeft + 1, topLeft + 1, bottomLeft, bottomLeft + 1], at);
    }
  }
  return indices;
}
