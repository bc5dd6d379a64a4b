import { accept, type Result, refuse } from './result.ts';

/** A point of the screen: 0,0 top left, 1,1 bottom right. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * How one display's picture is laid onto the real wall. Order of application: mirror and rotate the picture, bend it by
 * the grid, pin its corners, fade its edges, dim it.
 */
export interface Mapping {
  /** Where the picture's corners lie on the screen: top left, top right, bottom right, bottom left. */
  readonly corners: readonly [Point, Point, Point, Point];
  /** A net of (columns + 1) x (rows + 1) knots, rows from the top, each moved by its offset before the corners are pinned. */
  readonly grid: { readonly columns: number; readonly rows: number; readonly offsets: readonly Point[] };
  /** Degrees clockwise. */
  readonly rotation: number;
  /** For projection from behind. */
  readonly mirror: boolean;
  /** Widths of the faded edges as a part of the picture, for projectors that overlap; gamma shapes the fade. */
  readonly softEdges: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
    readonly gamma: number;
  };
  /** This display's own brightness, on top of the master's. */
  readonly brightness: number;
}

export const mappingLimits = {
  /** Corners may lie this far off the screen. */
  corner: { min: -1, max: 2 },
  offset: { min: -0.5, max: 0.5 },
  /** Knots of the grid in each direction, less one. */
  grid: { min: 1, max: 16 },
  rotation: { min: -180, max: 180 },
  softEdge: { min: 0, max: 0.5 },
  gamma: { min: 0.5, max: 4 },
  brightness: { min: 0, max: 1 },
} as const;

type Limits = { readonly min: number; readonly max: number };

export const identityMapping: Mapping = {
  corners: [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
  ],
  grid: { columns: 1, rows: 1, offsets: [0, 1, 2, 3].map(() => ({ x: 0, y: 0 })) },
  rotation: 0,
  mirror: false,
  softEdges: { left: 0, right: 0, top: 0, bottom: 0, gamma: 1 },
  brightness: 1,
};

/** Checks a mapping from outside and copies what belongs to it. Corners must span a convex picture, or it cannot be drawn. */
export function validateMapping(value: unknown): Result<Mapping> {
  const wrong = (what: string) => refuse('out-of-range', `The mapping’s ${what}.`);
  if (!isObject(value)) return refuse('wrong-type', 'A mapping is expected.');
  const { corners, grid, rotation, mirror, softEdges, brightness } = value;
  if (!isPoints(corners, 4, mappingLimits.corner)) return wrong('four corners are missing or too far off the screen');
  const [a, b, c, d] = corners.map(copyPoint);
  if (!isConvex([a, b, c, d])) return wrong('corners cross each other or lie on one line');
  if (!isObject(grid) || !isWhole(grid.columns, mappingLimits.grid) || !isWhole(grid.rows, mappingLimits.grid)) {
    return wrong('grid must have 1 to 16 columns and rows');
  }
  const { columns, rows, offsets } = grid;
  if (!isPoints(offsets, (columns + 1) * (rows + 1), mappingLimits.offset)) {
    return wrong('grid needs one offset, at most half a screen, for each of its knots');
  }
  if (!isWithin(rotation, mappingLimits.rotation)) return wrong('rotation must lie between -180 and 180 degrees');
  if (typeof mirror !== 'boolean') return wrong('mirror must be true or false');
  if (!isObject(softEdges)) return wrong('soft edges are missing');
  const { left, right, top, bottom, gamma } = softEdges;
  const edge = mappingLimits.softEdge;
  if (!isWithin(left, edge) || !isWithin(right, edge) || !isWithin(top, edge) || !isWithin(bottom, edge)) {
    return wrong('soft edges must lie between 0 and 0.5');
  }
  if (!isWithin(gamma, mappingLimits.gamma)) return wrong('gamma must lie between 0.5 and 4');
  if (!isWithin(brightness, mappingLimits.brightness)) return wrong('brightness must lie between 0 and 1');
  return accept({
    corners: [a, b, c, d],
    grid: { columns, rows, offsets: offsets.map(copyPoint) },
    rotation,
    mirror,
    softEdges: { left, right, top, bottom, gamma },
    brightness,
  });
}

/** Whether the four corners turn the same way all round (either way: a mirrored picture is fine). */
function isConvex(corners: readonly Point[]): boolean {
  const turns = corners.map((p, i) => {
    const q = corners[(i + 1) % 4];
    const r = corners[(i + 2) % 4];
    return (q.x - p.x) * (r.y - q.y) - (q.y - p.y) * (r.x - q.x);
  });
  const smallest = 1e-4;
  return turns.every((turn) => turn > smallest) || turns.every((turn) => turn < -smallest);
}

const copyPoint = ({ x, y }: Point): Point => ({ x, y });
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isWithin = (value: unknown, { min, max }: Limits): value is number =>
  typeof value === 'number' && value >= min && value <= max;
const isWhole = (value: unknown, limits: Limits): value is number => isWithin(value, limits) && Number.isInteger(value);
const isPoints = (value: unknown, count: number, limits: Limits): value is readonly Point[] =>
  Array.isArray(value) &&
  value.length === count &&
  value.every((point) => isObject(point) && isWithin(point.x, limits) && isWithin(point.y, limits));
