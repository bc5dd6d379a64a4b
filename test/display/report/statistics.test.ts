import { describe, expect, it } from 'vitest';
import { Statistics } from '../../../display/report/statistics.ts';

describe('statistics of a display', () => {
  it('counts drawings a second', () => {
    const statistics = new Statistics();
    for (let i = 0; i < 90; i++) statistics.drawn();
    expect(statistics.takeRate(1.5)).toBe(60);
    expect(statistics.takeRate(1)).toBe(0);
    expect(statistics.takeRate(0)).toBe(0);
  });

  it('knows no latency where no picture came', () => {
    expect(new Statistics().latency(1_000)).toBeNull();
  });

  it('gives the 95th percentile of the last seconds', () => {
    const statistics = new Statistics();
    for (let i = 1; i <= 100; i++) statistics.pictureDrawn(i, 1_000 + i);
    expect(statistics.latency(1_200)).toBe(95);
    statistics.pictureDrawn(7, 9_000);
    expect(statistics.latency(9_100)).toBe(7);
    expect(statistics.latency(20_000)).toBeNull();
  });

  it('remembers a bounded number, and no clock makes it negative', () => {
    const statistics = new Statistics();
    for (let i = 0; i < 10_000; i++) statistics.pictureDrawn(i < 9_000 ? 500 : -3, 1_000);
    expect(statistics.latency(1_000)).toBe(0);
  });
});
