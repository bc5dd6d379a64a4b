import { describe, expect, it } from 'vitest';
import { allTexts, consentWords } from '../../server/control/words.ts';
import { builtInTexts } from '../../server/protocol/texts.ts';

const { de, fr } = builtInTexts;
const texts = allTexts({
  languages: ['fr', 'de', 'nl'],
  texts: { nl: { name: 'Nederlands', consentText: 'Wij nemen één foto van u.' } },
});

describe('what somebody agreed to', () => {
  it('is what their tablet showed, in the language it showed it in', () => {
    expect(consentWords(texts, 'de', false, false)).toEqual({
      language: 'de',
      text: `${de.consentText}\n${de.consentPhoto}\n${de.consentForget}\n${de.consentLeave}`,
    });
    expect(consentWords(texts, 'nl', false, false).text).toMatch(/^Wij nemen één foto van u\.\n/);
  });

  it('says whether photographs are kept', () => {
    expect(consentWords(texts, 'fr', true, false).text).toContain(fr.consentPhotoKept);
    expect(consentWords(texts, 'fr', true, false).text).not.toContain(fr.consentPhoto);
  });

  it('says whether they are shown beside the face', () => {
    expect(consentWords(texts, 'fr', false, true).text).toContain(fr.consentPhotoBeside);
    expect(consentWords(texts, 'fr', true, true).text).toContain(fr.consentPhotoKeptBeside);
    expect(consentWords(texts, 'fr', false, true).text).not.toContain(fr.consentPhoto);
  });

  it('is in the first language where the tablet named none that the piece speaks', () => {
    for (const language of [null, 'en', 'constructor', '__proto__']) {
      expect(consentWords(texts, language, false, false)).toMatchObject({ language: 'fr' });
    }
  });
});
