import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../server/installation/ports.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('the clock of the piece', () => {
  it('goes on evenly when that of the computer is set, which it tells as well', () => {
    const before = systemClock.now();
    expect(Math.abs(before - Date.now())).toBeLessThan(60_000);
    vi.useFakeTimers({ toFake: ['Date'] });
    for (const year of [1970, 2031]) {
      vi.setSystemTime(Date.UTC(year, 6, 1));
      expect(systemClock.now() - before).toBeGreaterThanOrEqual(0);
      expect(systemClock.now() - before).toBeLessThan(60_000);
      expect(new Date(systemClock.date()).getUTCFullYear()).toBe(year);
    }
  });
});
