import { describe, expect, it } from 'vitest';
import { builtInTexts, completeTexts, fillText, textKeys } from '../../server/protocol/texts.ts';

const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe('texts for visitors', () => {
  it('name the same values in every language, and fit a tablet', () => {
    for (const [code, texts] of Object.entries(builtInTexts)) {
      expect(Object.keys(texts).sort(), code).toEqual([...textKeys].sort());
      for (const key of textKeys) {
        expect(places(texts[key]), `${code} ${key}`).toEqual(places(builtInTexts.en[key]));
        expect(texts[key].length, `${code} ${key}`).toBeLessThan(300);
      }
    }
  });

  it('are completed: own words, then ours, then English', () => {
    expect(completeTexts('de', { title: 'Gesichter' })).toMatchObject({
      title: 'Gesichter',
      back: builtInTexts.de.back,
    });
    expect(completeTexts('nl', { back: 'Terug' })).toMatchObject({ back: 'Terug', title: builtInTexts.en.title });
  });

  it('are filled in, and show a value that is missing', () => {
    expect(fillText('{a} and {b} {constructor}', { a: 1 })).toBe('1 and {b} {constructor}');
  });
});
