import type { Point } from '../../server/protocol/mapping.ts';

/** A 3 x 3 matrix by rows, acting on homogeneous points (x, y, 1). */
export type Homography = readonly [number, number, number, number, number, number, number, number, number];

/** Four corners in the order top left, top right, bottom right, bottom left. */
export type Quad = readonly [Point, Point, Point, Point];

/** Corners nearer to a line than this part of the unit square's size cannot be drawn. */
const smallestTurn = 1e-6;

/**
 * The projective map that takes the unit square (0,0) (1,0) (1,1) (0,1) to a quad, by Heckbert's closed form
 * ("Fundamentals of Texture Mapping and Image Warping", 1989, 2.2.3). Null where the quad is not strictly convex:
 * crossed, folded, or with three corners on a line.
 */
export function squareToQuad(quad: Quad): Homography | null {
  if (!isStrictlyConvex(quad)) return null;
  const [p0, p1, p2, p3] = quad;
  const sumX = p0.x - p1.x + p2.x - p3.x;
  const sumY = p0.y - p1.y + p2.y - p3.y;
  const dx1 = p1.x - p2.x;
  const dx2 = p3.x - p2.x;
  const dy1 = p1.y - p2.y;
  const dy2 = p3.y - p2.y;
  const determinant = dx1 * dy2 - dx2 * dy1;
  const g = (sumX * dy2 - dx2 * sumY) / determinant;
  const h = (dx1 * sumY - sumX * dy1) / determinant;
  return [
    p1.x - p0.x + g * p1.x,
    p3.x - p0.x + h * p3.x,
    p0.x,
    p1.y - p0.y + g * p1.y,
    p3.y - p0.y + h * p3.y,
    p0.y,
    g,
    h,
    1,
  ];
}

/** The map back: the adjugate, which is the inverse up to a scale that homogeneous points do not feel. */
export function invert(m: Homography): Homography | null {
  const [a, b, c, d, e, f, g, h, i] = m;
  const adjugate: Homography = [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
  const determinant = a * adjugate[0] + b * adjugate[3] + c * adjugate[6];
  return Math.abs(determinant) < 1e-12 ? null : adjugate;
}

/** Where a point goes. Points on the horizon (w = 0) go to infinity. */
export function applyHomography(m: Homography, { x, y }: Point): Point {
  const w = m[6] * x + m[7] * y + m[8];
  return { x: (m[0] * x + m[1] * y + m[2]) / w, y: (m[3] * x + m[4] * y + m[5]) / w };
}

/** Whether the corners turn the same way all round, either way: a mirrored quad can be drawn. */
function isStrictlyConvex(quad: Quad): boolean {
  const turns = quad.map((p, i) => {
    const q = quad[(i + 1) % 4];
    const r = quad[(i + 2) % 4];
    return (q.x - p.x) * (r.y - q.y) - (q.y - p.y) * (r.x - q.x);
  });
  return turns.every((turn) => turn > smallestTurn) || turns.every((turn) => turn < -smallestTurn);
}
