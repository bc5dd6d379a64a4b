import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captionFor, captionLanguage, languageTurn } from '../../../display/captions/caption.ts';
import { Fader } from '../../../display/captions/fader.ts';
import { breakLines, captionBoxes } from '../../../display/captions/lines.ts';
import { builtInTexts } from '../../../server/protocol/texts.ts';
import { sampleState, sampleVisit } from '../../controller/sample-state.ts';

const { parameters } = sampleState();
const seen = { kind: 'chain', visitor: 12 } as const;

describe('what the wall says', () => {
  it('names who is seen, and invites', () => {
    expect(captionFor(sampleState(), seen, 'en')).toEqual({
      language: 'en',
      title: 'Face 12',
      line: 'You could be the next face',
      message: '',
    });
    expect(captionFor(sampleState(), seen, 'de').title).toBe('Gesicht 12');
  });

  it('names nobody where it is nobody, or nothing is seen', () => {
    expect(captionFor(sampleState(), { kind: 'nobody', visitor: 0 }, 'en').title).toBe('');
    expect(captionFor(sampleState(), null, 'en')).toMatchObject({ title: '', line: '' });
  });

  it('invites only where a visit can begin', () => {
    expect(captionFor(sampleState({ trouble: 'camera' }), seen, 'en').line).toBe('');
    const closed = sampleState({ parameters: { ...parameters, accepting: false } });
    expect(captionFor(closed, seen, 'en').line).toBe('');
    expect(captionFor(sampleState({ state: 'framing', visit: sampleVisit() }), seen, 'en').line).toBe('');
  });

  it('says who is becoming: the visitor, not the face that is still seen', () => {
    const state = sampleState({ state: 'becoming', visit: sampleVisit({ visitor: 13 }) });
    expect(captionFor(state, seen, 'en').title).toBe('Face 13 is becoming');
  });

  it('says the museum’s own words first', () => {
    const texts = { ...builtInTexts, en: { ...builtInTexts.en, captionAttract: 'Room 3', captionInvite: '' } };
    expect(captionFor(sampleState({ texts }), seen, 'en').line).toBe('Room 3');
  });

  it('is silent where the curator wants that, but for the curator’s own line', () => {
    const quiet = sampleState({ parameters: { ...parameters, caption: false, message: '  Back at two  ' } });
    expect(captionFor(quiet, seen, 'en')).toEqual({ language: 'en', title: '', line: '', message: 'Back at two' });
  });

  it('survives a language without words', () => {
    expect(captionFor(sampleState({ texts: {} }), seen, 'xx').title).toBe('');
  });

  it('keeps to one language or lets all take turns', () => {
    const german = sampleState({ parameters: { ...parameters, captionLanguage: 'de' } });
    expect(captionLanguage(german, 123_456)).toBe('de');
    const turns = [0, 1, 2, 3].map((turn) => captionLanguage(sampleState(), turn * languageTurn));
    expect(turns).toEqual(['en', 'de', 'fr', 'en']);
    expect(captionLanguage(sampleState({ languages: [] }), 0)).toBe('en');
  });
});

describe('breaking lines', () => {
  const measure = (text: string) => text.length;

  it('loses no word, and makes no line too wide but for a word that is', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 20 });
    fc.assert(
      fc.property(words, fc.integer({ min: 3, max: 40 }), (list, width) => {
        const lines = breakLines(list.join(' '), width, measure);
        expect(lines.join(' ')).toBe(list.join(' '));
        for (const line of lines) if (line.includes(' ')) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('leaves no word alone on the last line where it need not be', () => {
    expect(breakLines('You could be the next face', 22, measure)).toEqual(['You could be', 'the next face']);
  });

  it('keeps the lines of the text itself', () => {
    expect(breakLines('One\n\nTwo three', 40, measure)).toEqual(['One', 'Two three']);
  });
});

describe('the place of words', () => {
  it('lies on the picture, whatever its form', () => {
    for (const aspect of [0.3, 9 / 16, 1, 4 / 3, 16 / 9, 4]) {
      const { label, message } = captionBoxes(aspect);
      for (const { x, y, width, height } of [label, message]) {
        expect(x).toBeGreaterThanOrEqual(-aspect / 2);
        expect(x + width).toBeLessThanOrEqual(aspect / 2 + 1e-9);
        expect(y).toBeGreaterThanOrEqual(-0.5);
        expect(y + height).toBeLessThanOrEqual(0.5 + 1e-9);
      }
    }
  });

  it('is beside the face where there is room', () => {
    expect(captionBoxes(16 / 9).beside).toBe(true);
    const { label, inset } = captionBoxes(16 / 9);
    expect(label.x + label.width - inset).toBeLessThanOrEqual(-0.5);
    expect(captionBoxes(4 / 3).beside).toBe(false);
  });
});

describe('a fader', () => {
  it('lets one go before the next comes', () => {
    const fader = new Fader<string>(1);
    fader.want('a');
    expect(fader.step(0.1)).toBe(true);
    for (let i = 0; i < 20; i++) fader.step(0.1);
    expect([fader.shown, fader.opacity]).toEqual(['a', 1]);
    fader.want('b');
    fader.step(0.25);
    expect([fader.shown, fader.opacity]).toEqual(['a', 0.5]);
    expect(fader.step(0.3)).toBe(true);
    expect([fader.shown, fader.opacity]).toEqual(['b', 0]);
    fader.want(null);
    for (let i = 0; i < 20; i++) fader.step(0.1);
    expect([fader.shown, fader.opacity]).toEqual([null, 0]);
  });

  it('comes back to what it was about to leave', () => {
    const fader = new Fader<string>(1);
    fader.want('a');
    for (let i = 0; i < 20; i++) fader.step(0.1);
    fader.want('b');
    fader.step(0.2);
    fader.want('a');
    fader.step(0.2);
    expect(fader.shown).toBe('a');
    expect(fader.opacity).toBeCloseTo(0.8, 9);
  });
});
