import { afterAll, describe, expect, it } from 'vitest';
import type { Face } from '../../server/face/face.ts';
import { judgeFace, previewJudgeLimits } from '../../server/face/judge.ts';
import { createLocalDetector } from '../../server/face/local-detector.ts';
import { measureFace } from '../../server/face/measure.ts';
import { decodeImage } from '../../server/image/decode.ts';
import { hintsFor } from '../../server/live/hints.ts';
import { checks, type MadeUpPose, madeUpLandmarks } from '../face/made-up-face.ts';
import { hasReference, sharedPath } from '../reference.ts';

const preview = checks(320, 240);

/** A face as the detector would find it, in a preview of 320 x 240. */
function face(pose: MadeUpPose = {}): Face {
  const { eyeDistance = 55, centre = [160, 105] } = pose;
  const box = {
    x: centre[0] - eyeDistance,
    y: centre[1] - eyeDistance,
    width: 2 * eyeDistance,
    height: 3 * eyeDistance,
  };
  return { box, score: 1, landmarks68: madeUpLandmarks({ ...pose, eyeDistance, centre }) };
}

function hints(faces: readonly Face[], oneFace = true): readonly string[] {
  const refusal = faces[0] && judgeFace(measureFace(preview, faces[0].landmarks68), previewJudgeLimits);
  return hintsFor(faces, refusal, preview, oneFace).hints;
}

describe('what visitors are asked for', () => {
  it('is nothing where they stand well, and the box says where', () => {
    expect(hints([face()])).toEqual(['ready']);
    const { faceBox } = hintsFor([face()], undefined, preview, true);
    expect(faceBox).toEqual({ x: 105 / 320, y: 50 / 240, width: 110 / 320, height: 165 / 240 });
  });

  it.each<[string, MadeUpPose]>([
    ['closer', { eyeDistance: 20 }],
    ['further', { eyeDistance: 110 }],
    ['centre', { centre: [70, 105] }],
    ['centre', { centre: [160, 200] }],
    ['look-here', { yaw: 40 }],
    ['look-here', { yaw: -40 }],
  ])('%s', (hint, pose) => {
    expect(hints([face(pose)])).toContain(hint);
  });

  it('is to come, or to be alone', () => {
    expect(hints([])).toEqual(['no-face']);
    const second = face({ centre: [260, 100] });
    expect(hints([face(), second])).toEqual(['several-faces']);
    expect(hints([face(), second], false)).toEqual(['ready']);
    expect(hints([face(), face({ centre: [290, 60], eyeDistance: 10 })])).toEqual(['ready']);
  });
});

describe.skipIf(!hasReference)('previews of real people', () => {
  const detector = createLocalDetector('preview');
  afterAll(() => detector.close());

  it.each(['01-webmorph', '06-webmorph', '07-civilservice', '12-civilservice'])('%s is ready', async (name) => {
    const image = await decodeImage(sharedPath(`portraits/${name}.jpg`), { within: 320 });
    const faces = await detector.detect(image);
    const refusal = judgeFace(measureFace(image, faces[0].landmarks68), previewJudgeLimits);
    expect(hintsFor(faces, refusal, image, true).hints).toEqual(['ready']);
  });
});
