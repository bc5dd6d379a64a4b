import { describe, expect, it } from 'vitest';
import {
  defaultJudgeLimits,
  judgeFace,
  previewJudgeLimits,
  refusalSentences,
  refusals,
} from '../../server/face/judge.ts';
import { measureFace } from '../../server/face/measure.ts';
import { estimatePose } from '../../server/face/pose.ts';
import type { RgbImage } from '../../server/image/rgb-image.ts';
import { checks, madeUpLandmarks } from './made-up-face.ts';

describe('a pose', () => {
  it.each([-45, -30, -15, 0, 15, 30, 45])('of %i degrees to the side is seen', (yaw) => {
    const pose = estimatePose(madeUpLandmarks({ yaw }));
    expect(Math.abs(pose.yaw - yaw)).toBeLessThan(12);
    expect(Math.abs(pose.pitch)).toBeLessThan(12);
  });

  it.each([-25, -15, 0, 15, 25])('of %i degrees up or down is seen', (pitch) => {
    const level = estimatePose(madeUpLandmarks()).pitch;
    const pose = estimatePose(madeUpLandmarks({ pitch }));
    expect(Math.abs(pose.pitch - level - pitch)).toBeLessThan(10);
    expect(Math.abs(pose.yaw)).toBeLessThan(3);
  });

  it.each([-170, -40, 0, 25, 90])('does not change with a roll of %i degrees, which is exact', (roll) => {
    const turned = estimatePose(madeUpLandmarks({ yaw: 20, roll }));
    const upright = estimatePose(madeUpLandmarks({ yaw: 20 }));
    expect(Math.abs(turned.yaw - upright.yaw)).toBeLessThan(1e-9);
    expect(Math.abs(turned.pitch - upright.pitch)).toBeLessThan(1e-9);
    expect(Math.abs(turned.roll - roll)).toBeLessThan(1e-9);
  });

  it('is a number even of landmarks in one point', () => {
    const { yaw, pitch, roll } = estimatePose(Array.from({ length: 68 }, () => [10, 10] as const));
    expect([yaw, pitch, roll].every(Number.isFinite)).toBe(true);
  });
});

const scaled = (image: RgbImage, factor: number, add = 0): RgbImage => ({
  ...image,
  data: image.data.map((value) => Math.min(255, Math.max(0, factor * value + add))),
});

const picture = checks(500, 500);
/** As contrasty, without an edge. */
const soft: RgbImage = {
  ...picture,
  data: picture.data.map(
    (_, i) => 128 + 60 * Math.sin(Math.floor(i / 3 / 500) / 25) * Math.sin((Math.floor(i / 3) % 500) / 25),
  ),
};
const judged = (image: RgbImage, pose = {}, limits = defaultJudgeLimits) =>
  judgeFace(measureFace(image, madeUpLandmarks(pose)), limits);

/** The same head before a background of another brightness. */
function against(face: RgbImage, background: number): RgbImage {
  const data = new Uint8Array(face.data);
  for (let i = 0; i < face.width * face.height; i++) {
    const [x, y] = [i % face.width, Math.floor(i / face.width)];
    if (((x - 250) / 130) ** 2 + ((y - 270) / 180) ** 2 > 1) data.fill(background, 3 * i, 3 * i + 3);
  }
  return { ...face, data };
}

describe('the judge', () => {
  it('takes a good portrait', () => {
    expect(judged(picture)).toBeUndefined();
  });

  it.each([
    ['cut-off', () => judged(picture, { centre: [40, 220] })],
    ['too-small', () => judged(picture, { eyeDistance: 15 })],
    ['turned-away', () => judged(picture, { yaw: 60 })],
    ['too-dark', () => judged(scaled(picture, 0.2))],
    ['too-bright', () => judged(scaled(picture, 1, 170))],
    ['no-contrast', () => judged(scaled(picture, 0.04, 120))],
    ['blurred', () => judged(soft)],
  ] as const)('refuses what is %s', (refusal, verdict) => {
    expect(verdict()).toBe(refusal);
  });

  it('does not take dark skin for a dark room', () => {
    const darkSkin = scaled(picture, 0.28);
    expect(judged(against(darkSkin, 200))).toBeUndefined();
    expect(judged(against(darkSkin, 30))).toBe('too-dark');
  });

  it('is stricter with previews, so that who follows the hints is not refused', () => {
    expect(judged(picture, { yaw: 33 })).toBeUndefined();
    expect(judged(picture, { yaw: 33 }, previewJudgeLimits)).toBe('turned-away');
  });

  it('has a sentence for every reason', () => {
    for (const refusal of refusals) expect(refusalSentences[refusal]).toMatch(/^(a|no|several|the) .+\. [A-Z]/);
  });
});

describe('the measures', () => {
  it('call fine detail sharp and a blur soft, whatever the light', () => {
    const sharpness = (image: RgbImage) => measureFace(image, madeUpLandmarks()).sharpness;
    const [fine, coarse] = [sharpness(picture), sharpness(checks(500, 500, 40))];
    expect(fine).toBeGreaterThan(1.5 * coarse);
    expect(Math.abs(sharpness(scaled(picture, 0.5)) / fine - 1)).toBeLessThan(0.1);
  });

  it('know how much of the face lies outside', () => {
    const outside = (x: number) => measureFace(picture, madeUpLandmarks({ centre: [x, 220] })).outside;
    expect(outside(250)).toBe(0);
    expect(Math.abs(outside(0) - 0.5)).toBeLessThan(0.03);
    expect(outside(-400)).toBe(1);
  });
});
