import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimeLeft, roughly } from '../../server/media/time-left.ts';

describe('createTimeLeft', () => {
  /** Runs steps of the given seconds each and returns what was promised after every step. */
  function promises(total: number, steps: readonly number[]): (number | undefined)[] {
    let now = 1000;
    const left = createTimeLeft(total, now);
    return steps.map((seconds, i) => {
      now += 1000 * seconds;
      left.update(i + 1, now);
      return left.seconds(now);
    });
  }

  it('is right for even work', () => {
    const said = promises(100, Array(60).fill(1));
    expect(said[0]).toBeUndefined();
    said.slice(1).forEach((seconds, i) => {
      expect(seconds).toBeCloseTo(100 - (i + 2), 6);
    });
  });

  it('forgets a slow first step', () => {
    // A first step of 20 s, then 0.5 s each; 1,000 in all.
    const said = promises(1000, [20, ...Array(200).fill(0.5)]);
    expect(Math.abs(said[200]! - 400)).toBeLessThan(20);
  });

  it('follows a machine that grows slower', () => {
    const said = promises(500, [...Array(50).fill(0.5), ...Array(60).fill(2)]);
    expect(Math.abs(said[109]! - 780)).toBeLessThan(40);
  });

  it('does not tremble with uneven steps', () => {
    const said = promises(
      400,
      Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 0.2 : 1.8)),
    );
    const settled = said.slice(40) as number[];
    // It may fall by a step's length and its own unsteadiness, never jump.
    settled.slice(1).forEach((seconds, i) => {
      expect(Math.abs(seconds - settled[i])).toBeLessThan(0.1 * settled[i]);
    });
  });

  it('runs down between updates, and not below nothing', () => {
    const left = createTimeLeft(10, 0);
    left.update(5, 10_000);
    expect(left.seconds(10_000)).toBeCloseTo(10, 6);
    expect(left.seconds(13_000)).toBeCloseTo(7, 6);
    expect(left.seconds(60_000)).toBe(0);
  });

  it('says nothing where nothing is done, and never anything but a time', () => {
    expect(createTimeLeft(10, 0).seconds(60_000)).toBeUndefined();
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.integer({ min: -10, max: 5000 }))), (updates) => {
        const left = createTimeLeft(50, 0);
        let now = 0;
        for (const [done, elapsed] of updates) {
          now += elapsed;
          left.update(done, now);
          const seconds = left.seconds(now);
          if (seconds !== undefined) expect(seconds).toSatisfy((value: number) => Number.isFinite(value) && value >= 0);
        }
      }),
    );
  });
});

describe('roughly', () => {
  it.each([
    [0, '1 s'],
    [8.2, '8 s'],
    [12, '10 s'],
    [48, '50 s'],
    [59, '1 min'],
    [100, '2 min'],
    [3540, '59 min'],
    [3600, '1 h'],
    [4700, '1 h 20 min'],
    [7150, '2 h'],
  ])('%f s is %s', (seconds, words) => {
    expect(roughly(seconds)).toBe(words);
  });
});
