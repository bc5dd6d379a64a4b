import { describe, expect, it } from 'vitest';
import { QualityGovernor, qualityLevels } from '../../../display/scene/quality.ts';

const screen = 1_000 / 60;

/** Runs a governor for `seconds` on a machine that needs `cost(level)` ms a drawing; gives the levels it went through. */
function run(governor: QualityGovernor, seconds: number, cost: (level: number) => number, from = 0): number[] {
  const visited: number[] = [];
  for (let now = from; now < from + seconds * 1_000; ) {
    const level = qualityLevels.indexOf(governor.level);
    if (visited.at(-1) !== level) visited.push(level);
    const interval = Math.max(screen, cost(level));
    now += interval;
    governor.drawn(interval, now);
  }
  return visited;
}

describe('the quality', () => {
  it('stays at its best where the machine keeps up', () => {
    expect(run(new QualityGovernor(0, screen), 600, () => 5)).toEqual([0]);
  });

  it('is not troubled by single hiccups', () => {
    let count = 0;
    expect(run(new QualityGovernor(0, screen), 60, () => (count++ % 20 === 0 ? 200 : 5))).toEqual([0]);
  });

  it('goes down to what the machine can do, and stays there', () => {
    const visited = run(new QualityGovernor(0, screen), 15, (level) => [60, 40, 24, 12, 8, 6][level]);
    expect(visited.at(-1)).toBe(3);
  });

  it('gets there within seconds on a machine that is far too slow', () => {
    const governor = new QualityGovernor(0, screen);
    run(governor, 12, (level) => [400, 300, 200, 150, 100, 15][level]);
    expect(governor.level).toBe(qualityLevels[5]);
  });

  it('tries to do better now and then, and less and less often where that fails', () => {
    const governor = new QualityGovernor(0, screen);
    const visited = run(governor, 600, (level) => [60, 60, 40, 10, 8, 6][level]);
    const tries = visited.filter((level) => level < 3).length;
    expect(tries).toBeGreaterThan(1);
    expect(tries).toBeLessThan(12);
    expect(governor.level).toBe(qualityLevels[3]);
  });

  it('comes back to its best when the machine is relieved', () => {
    const governor = new QualityGovernor(0, screen);
    run(governor, 10, () => 100);
    run(governor, 300, () => 5, 10_000);
    expect(governor.level).toBe(qualityLevels[0]);
  });

  it('does not take a projector at 30 Hz for a slow machine', () => {
    const governor = new QualityGovernor(0, screen);
    run(governor, 60, () => 1_000 / 30);
    expect(governor.level).toBe(qualityLevels[0]);
    expect(run(governor, 300, () => 1_000 / 30, 60_000)).toEqual([0]);
  });

  it('stays at the lowest where that helps but is not enough', () => {
    const governor = new QualityGovernor(0, screen);
    run(governor, 120, (level) => [200, 150, 100, 80, 60, 50][level]);
    expect(governor.level).toBe(qualityLevels[5]);
  });
});
