import { describe, expect, it } from 'vitest';
import * as camera from '../../server/camera/errors.ts';
import { refusals } from '../../server/face/judge.ts';
import { imageErrors } from '../../server/image/errors.ts';
import { portraitProblemOf, portraitProblemTexts } from '../../server/protocol/portrait-problems.ts';
import { builtInTexts } from '../../server/protocol/texts.ts';

describe('why there is no portrait', () => {
  it('is known for each reason for which a face is refused', () => {
    for (const refusal of refusals) {
      expect(portraitProblemOf(`FACE_${refusal.toUpperCase().replaceAll('-', '_')}`)).toBe(refusal);
    }
  });

  it('is known for each way in which a picture or a camera fails', () => {
    const pictures = Object.values(imageErrors) as ((...values: unknown[]) => { code: string })[];
    const codes = pictures.map((make) => make('x', 1, 2, 3, 4).code).filter((code) => code !== 'IMAGE_NOT_A_FILE');
    codes.push(camera.cameraUnavailable('x').code, camera.cameraFailed('x').code, camera.cameraSlow(5).code);
    expect(codes.length).toBeGreaterThan(8);
    for (const code of codes) expect(portraitProblemOf(code), code).not.toBe('failed');
  });

  it('is a kind word for all else', () => {
    for (const code of [undefined, 7, '', 'ENOENT', 'constructor', 'FACE_CONSTRUCTOR', '__proto__']) {
      expect(portraitProblemOf(code)).toBe('failed');
    }
  });

  it('is said in every language in words of its own', () => {
    for (const [code, texts] of Object.entries(builtInTexts)) {
      const said = Object.values(portraitProblemTexts).map((key) => texts[key]);
      expect(new Set(said).size, code).toBe(said.length);
      if (code === 'en') continue;
      for (const key of Object.values(portraitProblemTexts)) expect(texts[key]).not.toBe(builtInTexts.en[key]);
    }
  });
});
