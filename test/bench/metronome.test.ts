import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startMetronome } from '../../server/bench/metronome.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the metronome', () => {
  it('keeps its rate for long, though timers count whole milliseconds and come late', () => {
    let beats = 0;
    // Now and then a beat is late.
    const now = () => performance.now() + (beats % 7 === 0 ? 9 : 0);
    const stop = startMetronome(
      30,
      () => {
        beats += 1;
      },
      now,
    );
    vi.advanceTimersByTime(60_000);
    stop();
    expect(Math.abs(beats - 1_800)).toBeLessThanOrEqual(1);
    vi.advanceTimersByTime(1_000);
    expect(Math.abs(beats - 1_800)).toBeLessThanOrEqual(1);
  });

  it('leaves out what it missed', () => {
    let [time, beats] = [0, 0];
    const stop = startMetronome(
      10,
      () => {
        beats += 1;
      },
      () => time,
    );
    time = 100;
    vi.advanceTimersByTime(100);
    expect(beats).toBe(1);
    time = 5_050;
    vi.advanceTimersByTime(100);
    expect(beats).toBe(2);
    time = 5_100;
    vi.advanceTimersByTime(50);
    expect(beats).toBe(3);
    stop();
  });
});
