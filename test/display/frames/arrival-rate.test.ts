import { describe, expect, it } from 'vitest';
import { ArrivalRate } from '../../../display/frames/arrival-rate.ts';

const intervalAfter = (...times: number[]): number | null => {
  const rate = new ArrivalRate();
  for (const time of times) rate.arrived(time);
  return rate.interval();
};

describe('the rate of arrival', () => {
  it('is not known before two pictures came', () => {
    expect(intervalAfter()).toBeNull();
    expect(intervalAfter(100)).toBeNull();
  });

  it('is the interval of an even stream', () => {
    expect(intervalAfter(0, 700, 1_400, 2_100)).toBe(700);
  });

  it('does not stumble over one hiccup', () => {
    expect(intervalAfter(0, 100, 200, 1_900, 2_000, 2_100)).toBe(100);
  });

  it('follows a change of pace within five pictures', () => {
    expect(intervalAfter(0, 100, 200, 300, 400, 500, 1_500, 2_500, 3_500)).toBe(1_000);
  });

  it('does not take a pause for a rate', () => {
    expect(intervalAfter(0, 100, 200, 3_600_000)).toBeNull();
    expect(intervalAfter(0, 100, 200, 3_600_000, 3_600_050)).toBe(50);
  });

  it('survives a clock that stands still or goes back', () => {
    expect(intervalAfter(100, 100, 50)).toBeNull();
    expect(intervalAfter(100, 50, 150, 250)).toBe(100);
  });
});
