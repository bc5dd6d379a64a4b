import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handleName, handlesOf, moveHandle, placeOf, resizeGrid } from '../../controller/curator/mapping/handles.ts';
import { remember, undo } from '../../controller/curator/mapping/history.ts';
import { netLines, softEdgeLines, windowFor } from '../../controller/curator/mapping/outline.ts';
import { arrowStep, pixels } from '../../controller/curator/mapping/steps.ts';
import { identityMapping, type Mapping, type Point, validateMapping } from '../../server/protocol/mapping.ts';

const somewhere: fc.Arbitrary<Point> = fc.record({
  x: fc.double({ min: -2, max: 3, noNaN: true }),
  y: fc.double({ min: -2, max: 3, noNaN: true }),
});
const nearby: fc.Arbitrary<Point> = fc.record({
  x: fc.double({ min: -0.08, max: 0.08, noNaN: true }),
  y: fc.double({ min: -0.08, max: 0.08, noNaN: true }),
});
const pinned: Mapping = {
  ...resizeGrid(identityMapping, 3, 2),
  corners: [
    { x: 0.1, y: 0.05 },
    { x: 0.9, y: 0.1 },
    { x: 1.05, y: 0.95 },
    { x: -0.1, y: 0.8 },
  ],
};

describe('the handles of a mapping', () => {
  it('are the corners, and the knots that do not lie on them', () => {
    expect(handlesOf(identityMapping)).toHaveLength(4);
    expect(handlesOf(pinned)).toHaveLength(4 + 4 * 3 - 4);
    const names = handlesOf(pinned).map((handle) => handleName(pinned, handle));
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('Knot in row 2, column 3');
  });

  it('lie where they are moved to', () => {
    fc.assert(
      fc.property(fc.nat(11), nearby, (index, by) => {
        const handle = handlesOf(pinned)[index];
        const from = placeOf(pinned, handle);
        const to = { x: from.x + by.x, y: from.y + by.y };
        const place = placeOf(moveHandle(pinned, handle, to), handle);
        expect(place.x).toBeCloseTo(to.x, 6);
        expect(place.y).toBeCloseTo(to.y, 6);
      }),
    );
  });

  it('go as far as they can where they are dragged too far', () => {
    const far = moveHandle(pinned, { kind: 'knot', index: 5 }, { x: 0.99, y: 0.3 });
    expect(far.grid.offsets[5].x).toBe(0.5);
  });

  it('cannot be dragged into a mapping that cannot be drawn', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(11), somewhere), { maxLength: 40 }), (drags) => {
        const end = drags.reduce((mapping, [index, to]) => moveHandle(mapping, handlesOf(mapping)[index], to), pinned);
        expect(validateMapping(end).ok).toBe(true);
      }),
    );
  });

  it('stay where they were rather than cross', () => {
    const crossed = moveHandle(identityMapping, { kind: 'corner', index: 0 }, { x: 1.5, y: 1.5 });
    expect(crossed).toBe(identityMapping);
  });
});

describe('the net of a mapping', () => {
  it('bends the picture the same way when it is made finer, and coarser again', () => {
    const bent = moveHandle(pinned, { kind: 'knot', index: 5 }, { x: 0.4, y: 0.5 });
    const back = resizeGrid(resizeGrid(bent, 6, 4), 3, 2);
    bent.grid.offsets.forEach(({ x, y }, index) => {
      expect(back.grid.offsets[index].x).toBeCloseTo(x, 9);
      expect(back.grid.offsets[index].y).toBeCloseTo(y, 9);
    });
    expect(validateMapping(resizeGrid(bent, 16, 16)).ok).toBe(true);
  });

  it('is drawn through its knots, and wholly within the editor', () => {
    const lines = netLines(pinned);
    expect(lines).toHaveLength(4 + 3);
    expect(lines[0][0].x).toBeCloseTo(0.1);
    expect(lines[0].at(-1)?.x).toBeCloseTo(-0.1);
    const { x, y, width, height } = windowFor(lines);
    for (const point of [...lines.flat(), { x: 0, y: 0 }, { x: 1, y: 1 }]) {
      expect(point.x > x && point.x < x + width && point.y > y && point.y < y + height).toBe(true);
    }
  });

  it('shows the soft edges that there are', () => {
    expect(softEdgeLines(identityMapping)).toHaveLength(0);
    const soft = { ...identityMapping, softEdges: { ...identityMapping.softEdges, right: 0.2, top: 0.1 } };
    const [right, top] = softEdgeLines(soft);
    expect(right[0].x).toBeCloseTo(0.8);
    expect(top[0].y).toBeCloseTo(0.1);
  });
});

describe('moving by keys', () => {
  it('goes by pixels of the display', () => {
    expect(arrowStep('ArrowRight', 10, 1_920, 1_080)).toEqual({ x: 10 / 1_920, y: 0 });
    expect(arrowStep('ArrowUp', 1, 1_920, 1_080)).toEqual({ x: 0, y: -1 / 1_080 });
    expect(arrowStep('Tab', 1, 1_920, 1_080)).toBeNull();
    expect(pixels({ x: 0.5, y: 0.25 }, 1_920, 1_080)).toBe('960, 270 px');
  });
});

describe('what can be undone', () => {
  it('is the value before each change, 50 of them', () => {
    let history: readonly number[] = [];
    for (let i = 0; i < 80; i++) history = remember(history, i);
    expect(history).toHaveLength(50);
    expect(undo(history)).toMatchObject({ value: 79 });
    expect(undo(undo(history)?.rest ?? [])?.value).toBe(78);
    expect(undo([])).toBeNull();
    expect(remember(history, 79)).toBe(history);
  });
});
