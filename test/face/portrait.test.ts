import sharp, { type Sharp } from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { alignmentQuad, sideOf } from '../../server/face/align.ts';
import { createFaceDetector } from '../../server/face/detect.ts';
import { createLocalDetector } from '../../server/face/local-detector.ts';
import { preparePortrait } from '../../server/face/portrait.ts';
import { decodeImage } from '../../server/image/decode.ts';
import { hasReference, sharedPath } from '../reference.ts';

const detector = createLocalDetector('portrait');
afterAll(() => detector.close());

const portraits = ['01-webmorph', '04-webmorph', '07-civilservice', '10-civilservice', '12-civilservice'].map((name) =>
  sharedPath(`portraits/${name}.jpg`),
);
const [, , , portrait] = portraits;

type Change = (s: Sharp) => Sharp;
const changed = async (change: Change) => ({ name: 'it', bytes: await change(sharp(portrait)).png().toBuffer() });
const prepare = (source: Parameters<typeof preparePortrait>[0], faces: 'one' | 'largest' = 'one') =>
  preparePortrait(source, { detector, size: 128, faces });

describe.skipIf(!hasReference)('portraits', () => {
  it.each(portraits)('%s is taken', async (path) => {
    const { image, measures } = await prepare(path);
    expect(image).toMatchObject({ width: 128, height: 128 });
    expect(measures.outside).toBe(0);
  });

  it.each<[string, string, Change]>([
    ['nobody', 'FACE_NO_FACE', (s) => s.extract({ left: 0, top: 0, width: 120, height: 120 })],
    ['a small face', 'FACE_TOO_SMALL', (s) => s.resize(110)],
    ['a blurred face', 'FACE_BLURRED', (s) => s.blur(8)],
    ['a dark face', 'FACE_TOO_DARK', (s) => s.linear(0.1, 0)],
  ])('%s is refused', async (_, code, change) => {
    const error = await prepare(await changed(change)).catch((e) => e);
    // A face that is far gone may not be found at all: that is a true answer as well.
    expect([code, 'FACE_NO_FACE']).toContain(error.code);
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

  it('is found in a process of its own, which is begun again when it dies', async () => {
    const apart = createFaceDetector('preview');
    const picture = await decodeImage(portrait, { within: 480 });
    expect(await apart.detect(picture)).toHaveLength(1);
    await apart.close();
    await expect(apart.detect(picture)).rejects.toMatchObject({ code: 'FACE_DETECTOR_FAILED' });
  });
});
