import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cameraProblemOf } from '../../controller/visitor/camera/camera-problem.ts';
import { fitWithin } from '../../controller/visitor/camera/fit.ts';

describe('what is wrong with a camera', () => {
  it('is read from what browsers throw', () => {
    const thrown = (name: string) => cameraProblemOf(new DOMException('', name));
    expect(thrown('NotAllowedError')).toBe('denied');
    expect(thrown('SecurityError')).toBe('denied');
    expect(thrown('NotFoundError')).toBe('missing');
    expect(thrown('OverconstrainedError')).toBe('missing');
    expect(thrown('NotReadableError')).toBe('busy');
    expect(thrown('AbortError')).toBe('busy');
    for (const odd of [null, undefined, 'NotAllowedError', 7, new TypeError('x')]) {
      expect(cameraProblemOf(odd)).toBe('busy');
    }
  });
});

describe('a picture made to fit', () => {
  it('keeps its proportions, is never enlarged and never empty', () => {
    expect(fitWithin({ width: 1920, height: 1080 }, 640)).toEqual({ width: 640, height: 360 });
    expect(fitWithin({ width: 1080, height: 1920 }, 640)).toEqual({ width: 360, height: 640 });
    expect(fitWithin({ width: 300, height: 200 }, 640)).toEqual({ width: 300, height: 200 });
    const size = fc.record({ width: fc.integer({ min: 1, max: 12_000 }), height: fc.integer({ min: 1, max: 12_000 }) });
    fc.assert(
      fc.property(size, fc.integer({ min: 1, max: 12_000 }), (natural, side) => {
        const { width, height } = fitWithin(natural, side);
        expect(Math.max(width, height)).toBeLessThanOrEqual(Math.max(side, 1));
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(1);
        expect(width).toBeLessThanOrEqual(natural.width);
        expect(height).toBeLessThanOrEqual(natural.height);
        const scale = Math.min(1, side / Math.max(natural.width, natural.height));
        expect(Math.abs(width - natural.width * scale)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
