import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dissolve, dissolveSeconds, dissolveSpread } from '../../../display/scene/dissolve.ts';
import { sway } from '../../../display/scene/drift.ts';
import { PieceClock } from '../../../display/scene/piece-clock.ts';
import { Spring } from '../../../display/scene/spring.ts';

describe('a spring', () => {
  it('comes near in its time, without overshooting', () => {
    const spring = new Spring(0);
    let highest = 0;
    for (let i = 0; i < 60; i++) highest = Math.max(highest, spring.follow(1, 1 / 60, 1));
    expect(spring.value).toBeGreaterThan(0.94);
    expect(highest).toBeLessThanOrEqual(1);
    for (let i = 0; i < 600; i++) spring.follow(1, 1 / 60, 1);
    expect(spring.value).toBe(1);
  });

  it('does not care how time is cut up', () => {
    const [coarse, fine] = [new Spring(2), new Spring(2)];
    coarse.follow(-1, 0.5, 2);
    for (let i = 0; i < 50; i++) fine.follow(-1, 0.01, 2);
    expect(coarse.value).toBeCloseTo(fine.value, 9);
  });

  it('stays sane whatever happens', () => {
    const step = fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: 0, max: 3, noNaN: true }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const spring = new Spring(0);
        for (const [target, dt] of steps) spring.follow(target, dt, 0.8);
        expect(Math.abs(spring.value)).toBeLessThanOrEqual(20);
      }),
    );
  });

  it('jumps only when told to', () => {
    const spring = new Spring(0);
    spring.follow(1, 0.1, 0);
    expect(spring.value).toBe(1);
    expect(spring.follow(1, 0, 2)).toBe(1);
  });
});

describe('the clock of the piece', () => {
  it('runs with the clock on the wall', () => {
    const clock = new PieceClock();
    for (let i = 0; i < 100; i++) clock.advance(0.02, false);
    expect(clock.now).toBeCloseTo(2, 9);
  });

  it('comes to a stop gently, stands still, and runs again', () => {
    const clock = new PieceClock();
    const steps = Array.from({ length: 60 }, () => clock.advance(0.02, true));
    expect(steps.every((step, i) => i === 0 || step <= steps[i - 1])).toBe(true);
    expect(steps.at(-1)).toBe(0);
    const before = clock.now;
    clock.advance(0.4, true);
    expect(clock.now).toBe(before);
    for (let i = 0; i < 60; i++) clock.advance(0.02, false);
    expect(clock.advance(0.02, false)).toBeCloseTo(0.02, 9);
  });

  it('takes a night without drawing as a moment, and a clock set back as none', () => {
    const clock = new PieceClock();
    clock.advance(36_000, false);
    expect(clock.now).toBeLessThanOrEqual(1);
    const before = clock.now;
    clock.advance(-5, false);
    expect(clock.now).toBe(before);
    expect(clock.awake).toBeLessThanOrEqual(1);
  });
});

describe('a dissolve', () => {
  it('takes as long as the server means, or as pictures take to come', () => {
    expect(dissolveSeconds(500, null, 1)).toBe(0.5);
    expect(dissolveSeconds(500, 100, 1)).toBe(0.5);
    expect(dissolveSeconds(500, 2_000, 1)).toBeCloseTo(2.16, 9);
    expect(dissolveSeconds(500, 100, 3)).toBe(1.5);
  });

  it('is bare where the server or the curator wants that', () => {
    expect(dissolveSeconds(0, 2_000, 3)).toBe(0);
    expect(dissolveSeconds(800, 100, 0)).toBe(0);
    const dissolve = new Dissolve();
    dissolve.begin({ now: 5, awake: 5 }, 0, false);
    expect(dissolve.progress({ now: 5, awake: 5 })).toBe(1);
  });

  it('goes on evenly from 0 to 1', () => {
    const dissolve = new Dissolve();
    dissolve.begin({ now: 10, awake: 40 }, 2, false);
    expect([9, 10, 11, 12, 99].map((now) => dissolve.progress({ now, awake: 70 }))).toEqual([0, 0, 0.5, 1, 1]);
  });

  it('begun while time stands still does not wait for it', () => {
    const dissolve = new Dissolve();
    dissolve.begin({ now: 10, awake: 40 }, 2, true);
    expect([40, 41, 42, 99].map((awake) => dissolve.progress({ now: 10, awake }))).toEqual([0, 0.5, 1, 1]);
  });

  it('grows region by region only where there is time to see it', () => {
    expect(dissolveSpread(0.2)).toBe(0);
    expect(dissolveSpread(8)).toBe(1);
    expect(dissolveSpread(1.8)).toBeCloseTo(0.5, 9);
  });
});

describe('drifting', () => {
  it('is slow, small and never still', () => {
    for (let t = 0; t < 4_000; t += 7) {
      expect(Math.abs(sway(t, 29, 1))).toBeLessThanOrEqual(1);
      expect(Math.abs(sway(t + 1 / 60, 29, 1) - sway(t, 29, 1))).toBeLessThan(0.005);
    }
    const minute = Array.from({ length: 60 }, (_, t) => sway(t, 29, 1));
    expect(Math.max(...minute) - Math.min(...minute)).toBeGreaterThan(0.8);
  });
});
