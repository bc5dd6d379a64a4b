import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  filledPart,
  nudge,
  positionOf,
  type Range,
  readNumber,
  sliderEnd,
  snap,
  valueAt,
} from '../../controller/curator/model/scale.ts';
import { fixedParameters, type NumberParameter, type Parameter } from '../../server/protocol/parameters.ts';

const numbers = (fixedParameters as readonly Parameter[]).filter(
  (parameter): parameter is NumberParameter => parameter.type === 'number',
);
const anyRange = fc.constantFrom<Range>(...numbers, { min: -3, max: 3, step: 0.05, scale: 'linear' });
const pace: Range = { min: 5, max: 600, step: 1, scale: 'log' };

describe('a slider', () => {
  it('stands where its value is, and gives it back', () => {
    fc.assert(
      fc.property(anyRange, fc.integer({ min: 0, max: sliderEnd }), (range, position) => {
        const value = valueAt(position, range);
        expect(value).toBeGreaterThanOrEqual(range.min);
        expect(value).toBeLessThanOrEqual(range.max);
        const again = valueAt(positionOf(value, range), range);
        // A slider of 1,000 places cannot hold every step of a long logarithm, but comes within a place of it.
        expect(Math.abs(positionOf(again, range) - positionOf(value, range))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('reaches both ends', () => {
    for (const range of numbers) {
      expect(valueAt(0, range)).toBe(range.min);
      expect(valueAt(sliderEnd, range)).toBe(range.max);
      expect(positionOf(range.min, range)).toBe(0);
      expect(positionOf(range.max, range)).toBe(sliderEnd);
    }
  });

  it('moves evenly in the logarithm where it should', () => {
    const middle = valueAt(sliderEnd / 2, pace);
    expect(middle).toBe(Math.round(Math.sqrt(5 * 600)));
  });

  it('is moved by every key press, by a step at least, up to its ends', () => {
    fc.assert(
      fc.property(anyRange, fc.integer({ min: 0, max: sliderEnd }), (range, position) => {
        const value = valueAt(position, range);
        const up = nudge(value, 'ArrowRight', range) ?? Number.NaN;
        const down = nudge(value, 'ArrowLeft', range) ?? Number.NaN;
        if (value < range.max) expect(up).toBeGreaterThan(value);
        else expect(up).toBe(range.max);
        if (value > range.min) expect(down).toBeLessThan(value);
        else expect(down).toBe(range.min);
        expect(nudge(value, 'Home', range)).toBe(range.min);
        expect(nudge(value, 'End', range)).toBe(range.max);
        expect(nudge(value, 'a', range)).toBeNull();
      }),
    );
    expect(nudge(5, 'PageUp', pace)).toBeGreaterThan(6);
    expect(nudge(600, 'PageUp', pace)).toBe(600);
  });

  it('gives numbers that people would write', () => {
    expect(snap(0.1 + 0.05, { min: 0, max: 3, step: 0.05, scale: 'linear' })).toBe(0.15);
    expect(snap(0.30000000000000004, { min: 0, max: 1, step: 0.01, scale: 'linear' })).toBe(0.3);
  });

  it('is filled from its start, or from zero where it goes both ways', () => {
    expect(filledPart(0.25, { min: 0, max: 1, step: 0.01, scale: 'linear' })).toEqual({ from: 0, to: 0.25 });
    const both: Range = { min: -3, max: 3, step: 0.05, scale: 'linear' };
    expect(filledPart(0, both)).toEqual({ from: 0.5, to: 0.5 });
    expect(filledPart(-1.5, both)).toEqual({ from: 0.25, to: 0.5 });
    expect(filledPart(3, both)).toEqual({ from: 0.5, to: 1 });
  });
});

describe('a typed number', () => {
  it('is taken with a point or a comma, on the next step', () => {
    expect(readNumber('30', pace)).toBe(30);
    expect(readNumber(' 30,4 ', pace)).toBe(30);
  });

  it('is not taken where it is none, or outside: it is not bent', () => {
    for (const text of ['', ' ', 'abc', '4', '601', 'NaN', 'Infinity', '1e9', '--5', '30 s']) {
      expect(readNumber(text, pace), text).toBeNull();
    }
  });
});
