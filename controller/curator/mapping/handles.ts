import { warpByGrid } from '../../../display/mapping/grid-warp.ts';
import { applyHomography, invert, squareToQuad } from '../../../display/mapping/homography.ts';
import { type Mapping, mappingLimits, type Point, validateMapping } from '../../../server/protocol/mapping.ts';

/** What can be taken hold of: one of the four corners, or a knot of the grid by its index. */
export type Handle = { readonly kind: 'corner' | 'knot'; readonly index: number };

export const cornerNames = ['Top left', 'Top right', 'Bottom right', 'Bottom left'] as const;

/** The handles in the order of the Tab key: corners, then knots by rows, but for those that lie on the corners. */
export function handlesOf({ grid: { columns, offsets } }: Mapping): readonly Handle[] {
  const last = offsets.length - 1;
  const onCorners = [0, columns, last - columns, last];
  return [
    ...cornerNames.map((_, index): Handle => ({ kind: 'corner', index })),
    ...offsets.map((_, index): Handle => ({ kind: 'knot', index })).filter(({ index }) => !onCorners.includes(index)),
  ];
}

export function handleName({ grid }: Mapping, { kind, index }: Handle): string {
  if (kind === 'corner') return `${cornerNames[index]} corner`;
  const columns = grid.columns + 1;
  return `Knot in row ${Math.floor(index / columns) + 1}, column ${(index % columns) + 1}`;
}

/** Where a handle lies on the screen, 0..1. Pure. */
export function placeOf(mapping: Mapping, { kind, index }: Handle): Point {
  if (kind === 'corner') return mapping.corners[index];
  const base = knotBase(mapping, index);
  const { x, y } = mapping.grid.offsets[index];
  const pin = squareToQuad(mapping.corners);
  const moved = { x: base.x + x, y: base.y + y };
  return pin ? applyHomography(pin, moved) : moved;
}

/**
 * The mapping with a handle at a place of the screen, as near as can be drawn: a corner that would cross the others, and
 * a knot beyond its reach, stay where they were. Pure.
 */
export function moveHandle(mapping: Mapping, { kind, index }: Handle, to: Point): Mapping {
  const moved = kind === 'corner' ? moveCorner(mapping, index, to) : moveKnot(mapping, index, to);
  return validateMapping(moved).ok ? moved : mapping;
}

function moveCorner(mapping: Mapping, index: number, to: Point): Mapping {
  const [a, b, c, d] = mapping.corners.map((corner, i) =>
    i === index ? { x: clamp(to.x, mappingLimits.corner), y: clamp(to.y, mappingLimits.corner) } : corner,
  );
  return { ...mapping, corners: [a, b, c, d] };
}

function moveKnot(mapping: Mapping, index: number, to: Point): Mapping {
  const pin = squareToQuad(mapping.corners);
  const back = pin && invert(pin);
  if (!back) return mapping;
  const picture = applyHomography(back, to);
  const base = knotBase(mapping, index);
  const offset = {
    x: clamp(picture.x - base.x, mappingLimits.offset),
    y: clamp(picture.y - base.y, mappingLimits.offset),
  };
  const offsets = mapping.grid.offsets.map((old, i) => (i === index ? offset : old));
  return { ...mapping, grid: { ...mapping.grid, offsets } };
}

/** The mapping with a net of another size that bends the picture the same way. Pure. */
export function resizeGrid(mapping: Mapping, columns: number, rows: number): Mapping {
  const offsets = Array.from({ length: (columns + 1) * (rows + 1) }, (_, index) => {
    const u = (index % (columns + 1)) / columns;
    const v = Math.floor(index / (columns + 1)) / rows;
    const { x, y } = warpByGrid(mapping.grid, u, v);
    return { x: clamp(x - u, mappingLimits.offset), y: clamp(y - v, mappingLimits.offset) };
  });
  return { ...mapping, grid: { columns, rows, offsets } };
}

/** Where a knot lies in the picture before it is moved. */
function knotBase({ grid: { columns, rows } }: Mapping, index: number): Point {
  return { x: (index % (columns + 1)) / columns, y: Math.floor(index / (columns + 1)) / rows };
}

const clamp = (value: number, { min, max }: { readonly min: number; readonly max: number }): number =>
  Math.min(max, Math.max(min, value));
