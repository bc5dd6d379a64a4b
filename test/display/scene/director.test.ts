import { describe, expect, it } from 'vitest';
import { arrange, type Situation, showsWall, turn } from '../../../display/scene/choreography.ts';
import { Director, type Mood } from '../../../display/scene/director.ts';

const situation: Situation = {
  state: 'attract',
  attractStyle: 'film',
  wallReady: true,
  portrait: false,
  aspect: 16 / 9,
  seconds: 0,
};

const mood: Mood = {
  frozen: false,
  blackout: false,
  brightness: 1,
  painterly: 0,
  grain: 0,
  testPattern: false,
  hasFace: true,
  connected: true,
};

const run = (director: Director, seconds: number, wished: Mood = mood) => {
  for (let i = 0; i < seconds * 60; i++) director.advance(1 / 60, wished);
  return director.view;
};

describe('the choreography', () => {
  it('fills the shorter side of any wall with the face', () => {
    for (const aspect of [0.4, 9 / 16, 1, 4 / 3, 16 / 9, 3.2]) {
      const { face } = arrange({ ...situation, aspect });
      expect(face.side).toBeGreaterThanOrEqual(Math.min(1, aspect));
    }
  });

  it('puts face and photograph beside each other, wholly on the wall, without touching', () => {
    for (const aspect of [0.4, 9 / 16, 1, 4 / 3, 16 / 9, 3.2]) {
      const { face, portrait } = arrange({ ...situation, aspect, state: 'arrived', portrait: true });
      for (const { x, y, side } of [face, portrait]) {
        expect(Math.abs(x) + side / 2).toBeLessThanOrEqual(aspect / 2);
        expect(Math.abs(y) + side / 2).toBeLessThanOrEqual(0.5);
      }
      const apart = Math.max(Math.abs(face.x - portrait.x), Math.abs(face.y - portrait.y));
      expect(apart).toBeGreaterThan(face.side);
    }
  });

  it('shows the photograph only where a face has arrived', () => {
    expect(arrange({ ...situation, portrait: true }).portrait.opacity).toBe(0);
    expect(arrange({ ...situation, state: 'becoming', portrait: true }).portrait.opacity).toBe(0);
    expect(arrange({ ...situation, state: 'arrived', portrait: false }).portrait.opacity).toBe(0);
  });

  it('shows film and wall in turn, the wall never to a visitor and never empty', () => {
    const alternate = { ...situation, attractStyle: 'alternate' } as const;
    expect(showsWall({ ...alternate, seconds: 1 })).toBe(false);
    expect(showsWall({ ...alternate, seconds: turn.film + 1 })).toBe(true);
    expect(showsWall({ ...alternate, seconds: turn.film + turn.wall + 1 })).toBe(false);
    expect(showsWall({ ...alternate, seconds: turn.film + 1, wallReady: false })).toBe(false);
    for (const state of ['greet', 'framing', 'countdown', 'review', 'becoming', 'arrived'] as const) {
      expect(showsWall({ ...situation, attractStyle: 'wall', state })).toBe(false);
    }
  });
});

describe('the director', () => {
  it('fades the first face in from black', () => {
    const director = new Director();
    director.setSituation(situation);
    expect(run(director, 1, { ...mood, hasFace: false }).face.opacity).toBe(0);
    director.advance(1 / 60, mood);
    expect(director.view.face.opacity).toBeLessThan(0.1);
    expect(run(director, 10).face.opacity).toBe(1);
  });

  it('never jumps, whatever is wished', () => {
    const director = new Director();
    director.setSituation(situation);
    run(director, 8);
    const wishes: [Partial<Situation>, Partial<Mood>][] = [
      [{ attractStyle: 'wall' }, {}],
      [{ state: 'becoming' }, { painterly: 1 }],
      [{ state: 'arrived', portrait: true }, { brightness: 0.2 }],
      [{ state: 'attract' }, { blackout: true, grain: 1 }],
      [{ aspect: 9 / 16 }, { frozen: true }],
    ];
    for (const [change, wish] of wishes) {
      director.setSituation({ ...situation, ...change });
      for (let i = 0; i < 300; i++) {
        const { face, portrait, light, looks, wall } = structuredClone(director.view);
        director.advance(1 / 60, { ...mood, ...wish });
        const now = director.view;
        for (const [before, after] of [
          [face.x, now.face.x],
          [face.y, now.face.y],
          [face.side, now.face.side],
          [face.light, now.face.light],
          [portrait.opacity, now.portrait.opacity],
          [light, now.light],
          [looks.painterly, now.looks.painterly],
          [looks.grain, now.looks.grain],
          [wall.opacity, now.wall.opacity],
        ]) {
          expect(Math.abs(after - before)).toBeLessThan(0.06);
        }
      }
    }
  });

  it('goes black and comes back', () => {
    const director = new Director();
    director.setSituation(situation);
    run(director, 5);
    expect(run(director, 8, { ...mood, blackout: true }).light).toBe(0);
    expect(run(director, 8).light).toBe(1);
    expect(run(director, 3, { ...mood, brightness: 0.4 }).light).toBeCloseTo(0.4, 3);
  });

  it('stands quite still when frozen, but still goes black', () => {
    const director = new Director();
    director.setSituation({ ...situation, attractStyle: 'wall' });
    run(director, 9);
    run(director, 2, { ...mood, frozen: true });
    const before = structuredClone(director.view);
    const after = run(director, 8, { ...mood, frozen: true, blackout: true });
    expect({ ...after, light: 0 }).toEqual({ ...before, light: 0 });
    expect(after.light).toBe(0);
  });

  it('comes to light, changes its look and lets a photograph go also while frozen', () => {
    const frozen = { ...mood, frozen: true };
    const director = new Director();
    director.setSituation({ ...situation, state: 'arrived', portrait: true });
    expect(run(director, 10, frozen).face.opacity).toBeGreaterThan(0.999);
    expect(director.view.portrait.opacity).toBeLessThan(0.2);
    expect(run(director, 10).portrait.opacity).toBe(1);
    run(director, 2, frozen);
    director.setSituation({ ...situation, portrait: false });
    const { x, side } = { ...director.view.face };
    const view = run(director, 10, { ...frozen, painterly: 1, grain: 1 });
    expect(view.portrait.opacity).toBe(0);
    expect(view.looks).toEqual({ painterly: 1, grain: 1 });
    expect(view.face).toMatchObject({ x, side });
  });

  it('is never still otherwise, also where no pictures come', () => {
    for (const connected of [true, false]) {
      const director = new Director();
      director.setSituation(situation);
      run(director, 12, { ...mood, connected });
      const places = new Set<number>();
      for (let i = 0; i < 20; i++) places.add(run(director, 0.5, { ...mood, connected }).face.x);
      expect(places.size).toBe(20);
      // Gently: at most 2 % of the wall.
      expect(Math.max(...places) - Math.min(...places)).toBeLessThan(0.02);
    }
  });

  it('lets faces recede without end', () => {
    const director = new Director();
    director.setSituation({ ...situation, attractStyle: 'wall' });
    const before = run(director, 5).wall.receded;
    expect(run(director, 5).wall.receded).toBeGreaterThan(before);
  });
});
