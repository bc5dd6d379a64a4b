import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { alignmentQuad, type Point, sideOf } from '../../server/face/align.ts';
import { createFaceDetector } from '../../server/face/detect.ts';
import { createLocalDetector } from '../../server/face/local-detector.ts';
import { preparePortrait } from '../../server/face/portrait.ts';
import { decodeImage } from '../../server/image/decode.ts';
import { hasReference, referencePath, sharedPath } from '../reference.ts';

const detector = createLocalDetector('portrait');
afterAll(() => detector.close());

interface Case {
  readonly portrait: string;
  readonly quad: readonly Point[];
  readonly side: number;
}
const cases: readonly Case[] = hasReference
  ? JSON.parse(readFileSync(referencePath('alignment.json'), 'utf8')).cases
  : [];
const pathOf = (name: string) => sharedPath(`portraits/${name}`);
const portrait = pathOf('10-civilservice.jpg');

/** Linux and macOS: the ids of a process's children that run our detector. */
const childrenOf = (pid: number): number[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('detector-child') && Number(line.trim().split(/\s+/)[1]) === pid)
    .map((line) => Number(line.trim().split(/\s+/)[0]));

type Change = (s: Sharp) => Sharp;
const changed = async (change: Change) => ({ name: 'it', bytes: await change(sharp(portrait)).png().toBuffer() });
const prepare = (source: Parameters<typeof preparePortrait>[0], faces: 'one' | 'largest' = 'one') =>
  preparePortrait(source, { detector, size: 128, faces });

describe.skipIf(!hasReference)('portraits', () => {
  it.each(cases)('$portrait is taken, where others found it', async ({ portrait: name, quad, side }) => {
    const { image, measures, quad: found } = await prepare(pathOf(name));
    expect(image).toMatchObject({ width: 128, height: 128 });
    expect(measures.outside).toBe(0);
    // Two ways to place landmarks differ by about a hundredth of the square.
    const errors = found.map(([x, y], i) => Math.hypot(x - quad[i][0], y - quad[i][1]) / side);
    expect(Math.max(...errors)).toBeLessThan(0.025);
  });

  it.each<[string, Change]>([
    ['200 px', (s) => s.resize(200)],
    ['half of the light', (s) => s.linear(0.5, 0)],
    ['a slight blur', (s) => s.blur(2)],
    ['a face that fills the picture', (s) => s.extract({ left: 245, top: 155, width: 450, height: 460 })],
    ['black and white', (s) => s.greyscale()],
  ])('%s is good enough', async (_name, change) => {
    expect((await prepare(await changed(change))).image.width).toBe(128);
  });

  it('small in a large photograph, a face is cut from the photograph itself', async () => {
    const side = 700;
    const small = await sharp(portrait).resize(side).toBuffer();
    const place = { left: 2400, top: 700 };
    const bytes = await sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#667' } })
      .composite([{ input: small, ...place }])
      .jpeg({ quality: 95 })
      .toBuffer();
    const near = await prepare({ name: 'near', bytes: small });
    const far = await prepare({ name: 'far', bytes });
    // As many pixels as the photograph has, not those of the reduced one that was searched.
    expect(Math.abs(far.measures.side / near.measures.side - 1)).toBeLessThan(0.02);
    const difference = far.image.data.reduce((sum, v, i) => sum + Math.abs(v - near.image.data[i]), 0);
    expect(difference / far.image.data.length).toBeLessThan(6);
  });

  it.each<[string, string, Change]>([
    ['nobody', 'FACE_NO_FACE', (s) => s.extract({ left: 0, top: 0, width: 120, height: 120 })],
    ['a small face', 'FACE_TOO_SMALL', (s) => s.resize(110)],
    ['a blurred face', 'FACE_BLURRED', (s) => s.blur(8)],
    ['a dark face', 'FACE_TOO_DARK', (s) => s.linear(0.2, 0)],
    ['a bleached face', 'FACE_TOO_BRIGHT', (s) => s.linear(2.2, 20)],
    ['half a face', 'FACE_CUT_OFF', (s) => s.extract({ left: 0, top: 0, width: 480, height: 960 })],
  ])('%s is refused', async (_, code, change) => {
    const error = await prepare(await changed(change)).catch((e) => e);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^it: .*\.$/);
  });

  it('two people are refused, or the larger one taken', async () => {
    const small = await sharp(portrait).resize(400).toBuffer();
    const pair = await sharp({ create: { width: 1500, height: 960, channels: 3, background: '#777' } })
      .composite([
        { input: portrait, left: 0, top: 0 },
        { input: small, left: 1050, top: 300 },
      ])
      .png()
      .toBuffer();
    await expect(prepare({ name: 'pair', bytes: pair })).rejects.toMatchObject({ code: 'FACE_SEVERAL_FACES' });
    const { quad } = await prepare({ name: 'pair', bytes: pair }, 'largest');
    expect(quad[0][0]).toBeLessThan(500);
  });

  it('is the same face however the photograph lies', async () => {
    const upright = await prepare(portrait);
    const turned = await prepare(await changed((s) => s.rotate(20, { background: '#888' })));
    expect(Math.abs(sideOf(turned.quad) / sideOf(upright.quad) - 1)).toBeLessThan(0.06);
    expect(turned.measures.roll - upright.measures.roll).toBeGreaterThan(14);
    let difference = 0;
    for (let i = 0; i < upright.image.data.length; i++)
      difference += Math.abs(upright.image.data[i] - turned.image.data[i]);
    expect(difference / upright.image.data.length).toBeLessThan(16);
  });

  it('works on fifty megapixels', async () => {
    const bytes = await sharp(portrait).resize(7100, 7100).jpeg({ quality: 70 }).toBuffer();
    const { image } = await prepare({ name: 'large', bytes });
    expect(image.width).toBe(128);
  });

  it('is found by the light detector as well', async () => {
    const light = createLocalDetector('preview');
    const picture = await decodeImage(portrait, { within: 480 });
    const [exact] = await detector.detect(picture);
    const [quick] = await light.detect(picture);
    expect(
      Math.abs(sideOf(alignmentQuad(quick.landmarks68)) / sideOf(alignmentQuad(exact.landmarks68)) - 1),
    ).toBeLessThan(0.2);
    await light.close();
  });

  it('is found in a process of its own, also where that dies or hangs meanwhile', async () => {
    const told: (string | null)[] = [];
    const apart = createFaceDetector('preview', { patience: 3_000, onTrouble: (reason) => told.push(reason) });
    const picture = await decodeImage(portrait, { within: 480 });
    expect(await apart.detect(picture)).toHaveLength(1);
    for (const [signal, reason] of [
      ['SIGKILL', 'its process ended (SIGKILL)'],
      ['SIGSTOP', 'it did not answer for 3 s'],
    ] as const) {
      told.length = 0;
      const [pid] = childrenOf(process.pid);
      process.kill(pid, signal);
      expect(await apart.detect(picture)).toHaveLength(1);
      expect(told[0]).toBe(reason);
      expect(told.at(-1)).toBeNull();
      expect(childrenOf(process.pid)).not.toContain(pid);
    }
    await apart.close();
    await expect(apart.detect(picture)).rejects.toMatchObject({ code: 'FACE_DETECTOR_FAILED' });
  });

  it('leaves its asker free meanwhile', async () => {
    const apart = createFaceDetector('portrait');
    const picture = await decodeImage(portrait);
    await apart.detect(picture);
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    await apart.detect(picture);
    clearInterval(timer);
    await apart.close();
    // A look in this thread would leave it a turn or two.
    expect(turns).toBeGreaterThan(8);
  });
});
