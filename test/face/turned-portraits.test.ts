import { readdirSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { alignmentQuad, type Point, sideOf } from '../../server/face/align.ts';
import { createLocalDetector } from '../../server/face/local-detector.ts';
import { preparePortrait } from '../../server/face/portrait.ts';
import { hasReference, sharedPath } from '../reference.ts';

const detector = createLocalDetector('portrait');
afterAll(() => detector.close());

const portraits = hasReference ? readdirSync(sharedPath('portraits')).filter((name) => name.endsWith('.jpg')) : [];
/** Small, since four directions of each are searched. */
const SIDE = 480;

async function prepared(picture: Buffer, turns: number) {
  const bytes = await sharp(picture)
    .rotate(90 * turns)
    .png()
    .toBuffer();
  return preparePortrait({ name: 'it', bytes }, { detector, size: 128, faces: 'one' });
}

describe.skipIf(!hasReference)('a portrait that lies on its side or stands on its head, without a note of it', () => {
  it.each(portraits.map((name, i) => ({ name, isMirrored: i % 2 === 1 })))(
    '$name, mirrored: $isMirrored',
    async ({ name, isMirrored }) => {
      const picture = await sharp(sharedPath(`portraits/${name}`))
        .resize(SIDE, SIDE, { fit: 'inside' })
        .flop(isMirrored)
        .png()
        .toBuffer();
      const { width, height } = await sharp(picture).metadata();
      const upright = await prepared(picture, 0);
      const side = sideOf(alignmentQuad(upright.landmarks68));
      for (const turns of [1, 2, 3]) {
        const turned = await prepared(picture, turns);
        const back = ([x, y]: Point): Point =>
          turns === 1 ? [y, height - x] : turns === 2 ? [width - x, height - y] : [width - y, x];
        const off = turned.quad
          .map(back)
          .map(([x, y], i) => Math.hypot(x - upright.quad[i][0], y - upright.quad[i][1]));
        expect(Math.max(...off) / side, `${turns} quarter turns`).toBeLessThan(0.05);
        const difference = turned.image.data.reduce(
          (sum, value, i) => sum + Math.abs(value - upright.image.data[i]),
          0,
        );
        expect(difference / turned.image.data.length, `${turns} quarter turns`).toBeLessThan(8);
      }
    },
  );
});
