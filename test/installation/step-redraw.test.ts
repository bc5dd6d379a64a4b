import { beforeEach, describe, expect, it } from 'vitest';
import type { RgbImage } from '../../server/image/rgb-image.ts';
import type { BecomingStep } from '../../server/installation/ports.ts';
import { StepRedraw } from '../../server/installation/step-redraw.ts';
import { picture, settle } from './fakes.ts';

const stepOf = (step: number): BecomingStep => ({ step, done: 0, image: picture(step), loss: 1, likeness: 0 });

let shown: number[];
let asked: { step: number; draw: (image: RgbImage) => void; fail: () => void }[];
let redraw: StepRedraw;
const steps = Array.from({ length: 10 }, (_, i) => stepOf(i));

beforeEach(() => {
  shown = [];
  asked = [];
  redraw = new StepRedraw({
    redraw: ({ step }) =>
      new Promise((draw, reject) => {
        asked.push({ step, draw, fail: () => reject(new Error('away')) });
      }),
    show: ({ image }) => shown.push(image.data[0]),
  });
  for (const step of steps.slice(0, 5)) redraw.add(step);
});

describe('steps of a becoming', () => {
  it('are shown as they come where no slider moves', () => {
    redraw.show(steps[0], 1);
    redraw.show(steps[1], 1);
    expect([shown, asked]).toEqual([[0, 1], []]);
  });

  it('are drawn one at a time, always the latest, while a slider moves', async () => {
    redraw.show(steps[0], 1);
    for (let i = 0; i < 10; i++) redraw.bent(steps[0]);
    expect(asked).toHaveLength(1);
    asked[0].draw(picture(100));
    await settle();
    // The slider went on while it was drawn: once more, for where it stands now.
    expect(asked).toHaveLength(2);
    redraw.show(steps[1], 1);
    redraw.show(steps[2], 1);
    asked[1].draw(picture(101));
    await settle();
    expect(asked.map(({ step }) => step)).toEqual([0, 0, 2]);
    asked[2].draw(picture(102));
    await settle();
    expect(shown).toEqual([0, 100, 101, 102]);
    expect(asked).toHaveLength(3);
  });

  it('that were under way when a slider moved are drawn again, later ones are not', () => {
    redraw.bent(null);
    for (const step of steps.slice(5)) redraw.add(step);
    redraw.show(steps[9], 1);
    expect([shown, asked]).toEqual([[9], []]);
    redraw.show(steps[5], 1);
    expect(asked.map(({ step }) => step)).toEqual([5]);
  });

  it('do not go back to one whose drawing took long, nor wait for an engine that is away', async () => {
    redraw.bent(steps[0]);
    for (const step of steps.slice(5)) redraw.add(step);
    redraw.show(steps[9], 1);
    asked[0].draw(picture(100));
    await settle();
    expect(shown).toEqual([9]);
    redraw.show(steps[1], 1);
    asked[1].fail();
    await settle();
    expect(shown).toEqual([9, 1]);
    redraw.show(steps[2], 1);
    redraw.stop();
    asked[2].draw(picture(102));
    await settle();
    expect(shown).toEqual([9, 1]);
  });
});
