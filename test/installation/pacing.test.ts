import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ease, Playhead, pictureChange } from '../../server/installation/pacing.ts';

interface Shown {
  readonly at: number;
  readonly step: number;
  readonly seconds: number;
}

/**
 * Plays a search of an engine that makes `rate` steps a second over `engineSeconds`, of which step k changes the picture by
 * by k^-exponent (evenly where not given); `away` seconds in the middle it makes none.
 */
function play(options: {
  pace: number;
  rate: number;
  share?: number;
  away?: number;
  fps?: number;
  exponent?: number;
  paceAt?: (t: number) => number;
}): { shown: Shown[]; duration: number; arcs: number[] } {
  const { pace, rate, share = 0.92, away = 0, fps = 30, exponent = 0, paceAt = () => pace } = options;
  const playhead = new Playhead<number>();
  const total = Math.max(1, Math.floor(rate * pace * share));
  const arcs = [0];
  playhead.add(0, 0, 0);
  const shown: Shown[] = [];
  let made = 0;
  let t = 0;
  for (; t < 4 * pace + away + 60 && !playhead.isOver; t += 1 / fps) {
    const working = t < pace / 3 ? t : Math.max(pace / 3, t - away);
    while (made < total && (made + 1) / rate <= working) {
      made += 1;
      arcs.push(arcs[made - 1] + made ** -exponent);
      playhead.add(made, made / total, made ** -exponent);
    }
    const approach = playhead.advance(1 / fps, paceAt(t));
    if (approach && approach.item !== shown.at(-1)?.step) {
      shown.push({ at: t, step: approach.item, seconds: approach.seconds });
    }
  }
  return { shown, duration: t, arcs };
}

describe('a becoming', () => {
  it('lasts exactly the pace, on any engine that keeps up', () => {
    for (const pace of [5, 20, 60, 600]) {
      for (const rate of [0.5, 2, 15, 60]) {
        if (pace * rate < 5) continue;
        const { duration, shown } = play({ pace, rate });
        expect(duration, `pace ${pace}, rate ${rate}`).toBeGreaterThan(pace - 0.1);
        expect(duration, `pace ${pace}, rate ${rate}`).toBeLessThan(pace + 0.2);
        expect(shown.at(-1)?.step).toBe(Math.floor(rate * pace * 0.92));
      }
    }
  });

  it('shows more steps on a faster engine', () => {
    const counts = [1, 5, 25].map((rate) => play({ pace: 30, rate }).shown.length);
    expect(counts[1]).toBeGreaterThan(2 * counts[0]);
    expect(counts[2]).toBeGreaterThan(2 * counts[1]);
  });

  it('changes evenly: no tenth of the time brings more than a quarter of the change, none brings nothing', () => {
    for (const exponent of [-0.3, 0, 0.2]) {
      const { shown, arcs } = play({ pace: 60, rate: 15, exponent });
      const total = arcs.at(-1) ?? 1;
      const at = (t: number) => arcs[shown.filter((s) => s.at <= t).at(-1)?.step ?? 0] / total;
      for (let t = 0; t < 60; t += 6) {
        const part = at(t + 6) - at(t);
        expect(part, `exponent ${exponent}, second ${t}`).toBeLessThan(0.25);
        expect(part, `exponent ${exponent}, second ${t}`).toBeGreaterThan(0.01);
      }
    }
  });

  it('keeps to the eased course where the engine is as engines are', () => {
    const { shown, arcs } = play({ pace: 60, rate: 15 });
    const total = arcs.at(-1) ?? 1;
    for (let t = 0; t <= 60; t += 6) {
      const at = arcs[shown.filter((s) => s.at <= t).at(-1)?.step ?? 0] / total;
      expect(Math.abs(at - ease(t / 60)), `second ${t}`).toBeLessThan(0.02);
    }
  });

  it('begins to move with the first step', () => {
    const { shown } = play({ pace: 60, rate: 10 });
    expect(shown[0]).toMatchObject({ step: 0, at: 0 });
    expect(shown[1].at).toBeLessThan(0.2);
  });

  it('waits for an engine that was away, and never goes back', () => {
    const { shown, duration } = play({ pace: 20, rate: 10, away: 25 });
    expect(duration).toBeGreaterThan(40);
    expect(duration).toBeLessThan(47);
    for (let i = 1; i < shown.length; i++) expect(shown[i].step).toBeGreaterThan(shown[i - 1].step);
  });

  it('follows a pace that is changed on the way', () => {
    const { duration } = play({ pace: 60, rate: 15, paceAt: (t) => (t < 30 ? 60 : 120) });
    expect(duration).toBeGreaterThan(89);
    expect(duration).toBeLessThan(91);
  });

  it('never goes back, never shows what is not there, whatever the engine does', () => {
    const engine = fc.array(
      fc.record({
        wait: fc.double({ min: 0, max: 3, noNaN: true }),
        change: fc.double({ min: 0, max: 9, noNaN: true }),
      }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(engine, fc.double({ min: 5, max: 60, noNaN: true }), fc.nat(20), (steps, pace, room) => {
        const playhead = new Playhead<number>();
        let last = -1;
        steps.forEach(({ wait, change }, step) => {
          playhead.add(step, (step + 1) / steps.length, change);
          playhead.thin(room);
          const approach = playhead.advance(wait, pace);
          expect(approach?.item).toBeGreaterThanOrEqual(last);
          expect(approach?.item).toBeLessThanOrEqual(step);
          expect(approach?.seconds).toBeGreaterThanOrEqual(0);
          last = approach?.item ?? last;
        });
        for (let t = 0; t <= pace + 1; t += 0.5) playhead.advance(0.5, pace);
        expect(playhead.isOver).toBe(true);
        expect(playhead.advance(0, pace)?.item).toBe(steps.length - 1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the rest', () => {
  it('eases from 0 to 1 without standing still', () => {
    expect([ease(0), ease(0.5), ease(1)]).toEqual([0, 0.5, 1]);
    for (let t = 0; t < 1; t += 0.01) expect(ease(t + 0.01) - ease(t)).toBeGreaterThan(0.004);
  });

  it('measures how different two pictures are', () => {
    const picture = (value: number) => ({ width: 4, height: 4, data: new Uint8Array(48).fill(value) });
    expect(pictureChange(picture(10), picture(10))).toBe(0);
    expect(pictureChange(picture(10), picture(14))).toBe(4);
  });
});
