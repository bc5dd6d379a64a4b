import { describe, expect, it } from 'vitest';
import type { Picture } from '../../display/frames/frame-link.ts';
import type { Receiver } from '../../display/frames/receiver.ts';
import { PictureIntake } from '../../display/picture-intake.ts';
import { Director } from '../../display/scene/director.ts';
import type { Stage } from '../../display/scene/stage.ts';

/** A receiver whose pictures a test puts in, and a stage that only remembers. */
function setUp() {
  let next: Picture | null = null;
  const acknowledged: number[] = [];
  const open = new Set<number>();
  const shown: { sequence: number; spread: number }[] = [];
  const receiver = {
    take: () => {
      const taken = next;
      next = null;
      return taken;
    },
    acknowledge: ({ header }: Picture) => acknowledged.push(header.sequence),
    copy: () => copies.push(shown.length),
  } as unknown as Receiver;
  const copies: number[] = [];
  const gpu = { refuses: false };
  const stage = {
    get hasRefused() {
      return gpu.refuses;
    },
    face: {
      show: (bitmap: { sequence: number }, spread: number) => shown.push({ sequence: bitmap.sequence, spread }),
    },
  } as unknown as Stage;
  const director = new Director();
  const intake = new PictureIntake(receiver, director);
  const arrive = (sequence: number, blend = 100) => {
    open.add(sequence);
    const bitmap = { sequence, close: () => open.delete(sequence) } as unknown as ImageBitmap;
    const header = { sequence, blend, kind: 'face', state: 'becoming', visitor: 1 } as Picture['header'];
    next = { header, bitmap };
  };
  return { intake, stage, director, arrive, acknowledged, open, shown, copies, gpu };
}

describe('taking pictures in', () => {
  it('asks for copies where the GPU refuses the first picture, and only then', () => {
    const { intake, stage, arrive, copies, gpu } = setUp();
    gpu.refuses = true;
    arrive(1);
    intake.bring(stage, false, 0.5, 0);
    expect(copies).toEqual([1]);
    const good = setUp();
    good.arrive(1);
    good.intake.bring(good.stage, false, 0.5, 0);
    // Asking the GPU makes the page wait for it.
    good.gpu.refuses = true;
    good.arrive(2);
    good.intake.bring(good.stage, false, 0.5, 40);
    expect(good.copies).toEqual([]);
  });

  it('shows, acknowledges and releases each picture once', () => {
    const { intake, stage, arrive, acknowledged, open, shown } = setUp();
    expect(intake.bring(stage, false, 1, 0)).toBe(false);
    for (const sequence of [1, 2, 3]) {
      arrive(sequence);
      expect(intake.bring(stage, false, 1, sequence * 100)).toBe(true);
    }
    expect(shown.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(acknowledged).toEqual([1, 2, 3]);
    expect(open.size).toBe(0);
  });

  it('shows the first at once and dissolves into the others', () => {
    const { intake, stage, director, arrive, shown } = setUp();
    arrive(1, 4_000);
    intake.bring(stage, false, 1, 0);
    expect(director.dissolve.progress(director.clock)).toBe(1);
    arrive(2, 4_000);
    intake.bring(stage, false, 1, 4_000);
    expect(director.dissolve.progress(director.clock)).toBe(0);
    expect(shown[1].spread).toBe(1);
  });

  it('shows what comes while frozen too, by the clock on the wall', () => {
    const { intake, stage, director, arrive, acknowledged, open, shown } = setUp();
    for (let i = 0; i < 60; i++) director.clock.advance(1 / 30, true);
    for (const sequence of [1, 2]) {
      arrive(sequence, 1_000);
      expect(intake.bring(stage, true, 1, sequence * 4_000)).toBe(true);
    }
    expect(shown.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(acknowledged).toEqual([1, 2]);
    expect(open.size).toBe(0);
    for (let i = 0; i < 15; i++) director.clock.advance(1 / 30, true);
    expect(director.dissolve.progress(director.clock)).toBeCloseTo(0.5, 1);
  });
});
