import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyHomography, invert, type Quad, squareToQuad } from '../../../display/mapping/homography.ts';
import type { Point } from '../../../server/protocol/mapping.ts';

const square: Quad = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];

const quad = (...numbers: number[]): Quad =>
  [0, 2, 4, 6].map((i) => ({ x: numbers[i], y: numbers[i + 1] })) as unknown as Quad;

const near = (a: Point, b: Point, digits = 9) => {
  expect(a.x).toBeCloseTo(b.x, digits);
  expect(a.y).toBeCloseTo(b.y, digits);
};

/** Where two lines, each through two points, meet. */
function intersection(a: Point, b: Point, c: Point, d: Point): Point {
  const t =
    ((c.x - a.x) * (d.y - c.y) - (c.y - a.y) * (d.x - c.x)) / ((b.x - a.x) * (d.y - c.y) - (b.y - a.y) * (d.x - c.x));
  return { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) };
}

/** Corners moved by at most a third stay convex. */
const convexQuads = fc
  .array(fc.double({ min: -0.24, max: 0.24, noNaN: true }), { minLength: 8, maxLength: 8 })
  .map((moves) => square.map((p, i) => ({ x: p.x + moves[2 * i], y: p.y + moves[2 * i + 1] })) as unknown as Quad);

describe('the corner pin', () => {
  it('is the identity on the unit square', () => {
    const pin = squareToQuad(square)!;
    for (const point of [...square, { x: 0.3, y: 0.9 }]) near(applyHomography(pin, point), point);
  });

  it('takes corners to corners', () => {
    fc.assert(
      fc.property(convexQuads, (corners) => {
        const pin = squareToQuad(corners)!;
        for (let i = 0; i < 4; i++) near(applyHomography(pin, square[i]), corners[i]);
      }),
    );
  });

  it('is true perspective: the centre lies where the diagonals cross, not in the middle', () => {
    const trapezium = quad(0.25, 0, 0.75, 0, 1, 1, 0, 1);
    const centre = applyHomography(squareToQuad(trapezium)!, { x: 0.5, y: 0.5 });
    // Known by hand: diagonals from (1/4, 0) to (1, 1) and from (3/4, 0) to (0, 1) meet at (1/2, 1/3).
    near(centre, { x: 0.5, y: 1 / 3 });
    fc.assert(
      fc.property(convexQuads, (corners) => {
        const [a, b, c, d] = corners;
        near(applyHomography(squareToQuad(corners)!, { x: 0.5, y: 0.5 }), intersection(a, c, b, d), 7);
      }),
    );
  });

  it('keeps straight lines straight', () => {
    const pin = squareToQuad(quad(0.1, 0.2, 0.9, 0, 0.8, 1, 0.2, 0.7))!;
    const [p, q, r] = [0.1, 0.4, 0.9].map((t) => applyHomography(pin, { x: t, y: 0.3 + 0.5 * t }));
    expect((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)).toBeCloseTo(0, 12);
  });

  it('has an inverse', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(convexQuads, unit, unit, (corners, x, y) => {
        const pin = squareToQuad(corners)!;
        near(applyHomography(invert(pin)!, applyHomography(pin, { x, y })), { x, y }, 6);
      }),
    );
    expect(invert([1, 2, 3, 2, 4, 6, 0, 0, 1])).toBeNull();
  });

  it('never turns the picture inside out: w stays positive over the whole of it', () => {
    fc.assert(
      fc.property(convexQuads, (corners) => {
        const pin = squareToQuad(corners)!;
        for (const { x, y } of square) expect(pin[6] * x + pin[7] * y + pin[8]).toBeGreaterThan(0);
      }),
    );
  });

  it('draws mirrored quads, and refuses those that span nothing', () => {
    expect(squareToQuad(quad(1, 0, 0, 0, 0, 1, 1, 1))).not.toBeNull();
    const degenerate = {
      crossed: quad(0, 0, 1, 0, 0, 1, 1, 1),
      'three on a line': quad(0, 0, 0.5, 0.5, 1, 1, 0, 1),
      'a point': quad(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5),
      'a line': quad(0, 0, 1, 0, 1, 0, 0, 0),
      'an arrow head': quad(0, 0, 1, 0, 0.2, 0.2, 0, 1),
      'not numbers': quad(Number.NaN, 0, 1, 0, 1, 1, 0, 1),
    };
    for (const [name, corners] of Object.entries(degenerate)) expect(squareToQuad(corners), name).toBeNull();
  });
});
