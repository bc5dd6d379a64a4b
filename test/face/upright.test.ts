import { describe, expect, it } from 'vitest';
import type { Face } from '../../server/face/face.ts';
import { findUpright, type Look } from '../../server/face/upright.ts';
import { madeUpLandmarks } from './made-up-face.ts';

/** A picture whose first pixel says what the fake detector is to see: turning moves it from corner to corner. */
const [width, height] = [60, 40];
const picture = { width, height, data: new Uint8Array(3 * width * height) };
picture.data[0] = 255;

const face = (upright: number, roll = 0): Face => ({
  box: { x: 2, y: 3, width: 10, height: 20 },
  score: 1,
  landmarks68: madeUpLandmarks({ roll, eyeDistance: 8, centre: [20, 15] }),
  upright,
});

/** Answers by where the marked pixel is: the first for the picture as it is, then for 1, 2 and 3 turns. */
function fake(answers: readonly (readonly Face[])[]): { look: Look; asked: number[] } {
  const asked: number[] = [];
  const look: Look = async (image, isTurned) => {
    const at = image.data.indexOf(255) / 3;
    const corners = [0, image.width - 1, image.width * image.height - 1, image.width * (image.height - 1)];
    const turns = corners.indexOf(at);
    expect(isTurned).toBe(turns > 0);
    asked.push(turns);
    return answers[turns];
  };
  return { look, asked };
}

describe('which side is up', () => {
  it('is asked once where the face is surely upright', async () => {
    const { look, asked } = fake([[face(0.95)], [], [], []]);
    expect(await findUpright(picture, look)).toEqual([face(0.95)]);
    expect(asked).toEqual([0]);
  });

  it.each([1, 2, 3])('is found after %i quarter turns, in pixels of the picture as it is', async (turns) => {
    const answers = [0, 1, 2, 3].map((each) => (each === turns ? [face(0.9)] : each === 0 ? [face(0.4)] : []));
    const [found] = await findUpright(picture, fake(answers).look);
    const { x, y, width: w, height: h } = found.box;
    const boxes = [[], [3, 28, 20, 10], [48, 17, 10, 20], [37, 2, 20, 10]];
    expect([x, y, w, h]).toEqual(boxes[turns]);
    const [px, py] = face(0).landmarks68[0];
    const points = [[], [py, height - px], [width - px, height - py], [width - py, px]];
    expect(found.landmarks68[0]).toEqual(points[turns]);
  });

  it('goes to whichever looks most upright where none is sure', async () => {
    const { look, asked } = fake([[face(0.5)], [face(0.7)], [face(0.6)], []]);
    expect((await findUpright(picture, look))[0].upright).toBe(0.7);
    expect(asked).toEqual([0, 1, 3, 2]);
  });

  it('goes to the picture in which the face stands rather than lies', async () => {
    const { look } = fake([[face(0.95, 90)], [], [], [face(0.85)]]);
    expect((await findUpright(picture, look))[0].upright).toBe(0.85);
    const lying = fake([[face(0.95, 90)], [], [], []]);
    expect(await findUpright(picture, lying.look)).toEqual([face(0.95, 90)]);
  });

  it('is nobody’s where there is no face', async () => {
    const { look, asked } = fake([[], [], [], []]);
    expect(await findUpright(picture, look)).toEqual([]);
    expect(asked).toHaveLength(4);
  });
});
