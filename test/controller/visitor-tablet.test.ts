import { describe, expect, it } from 'vitest';
import { unanswered, unsent } from '../../controller/shared/link/answers.ts';
import { type QueueView, queueView, stillWaits } from '../../controller/visitor/model/queue-view.ts';
import { refusalText } from '../../controller/visitor/model/refusal-text.ts';
import { noHint, steadyHint } from '../../controller/visitor/model/steady-hint.ts';
import { languageOf, newTablet, reduceTablet, type Tablet } from '../../controller/visitor/model/tablet.ts';
import { cameraTexts, hintTexts, placeText, timeLeft } from '../../controller/visitor/model/words.ts';
import { refusalCodes } from '../../server/protocol/refusals.ts';
import { type Hint, hints } from '../../server/protocol/snapshot.ts';
import { builtInTexts } from '../../server/protocol/texts.ts';
import { sampleState, sampleVisit } from './sample-state.ts';

const { en, de } = builtInTexts;
const later = (tablet: Tablet, now: number, state = sampleState()): Tablet =>
  reduceTablet(tablet, { type: 'passed', state, isOnline: true, now });

describe('what a tablet remembers', () => {
  it('speaks the chosen language, or the first that the installation has', () => {
    const chosen = reduceTablet(newTablet, { type: 'language', code: 'fr', now: 0 });
    expect(languageOf(chosen, sampleState())).toBe('fr');
    expect(languageOf(newTablet, sampleState())).toBe('en');
    expect(languageOf(chosen, sampleState({ languages: [{ code: 'nl', label: 'Nederlands' }] }))).toBe('nl');
    expect(languageOf(chosen, sampleState({ languages: [] }))).toBe('en');
  });

  it('gives strangers the first language again, but nobody in the middle of their visit', () => {
    const chosen = reduceTablet(newTablet, { type: 'language', code: 'de', now: 0 });
    expect(later(chosen, 29_000).language).toBe('de');
    expect(later(chosen, 31_000).language).toBeNull();
    const visiting = sampleState({ state: 'becoming', visit: sampleVisit() });
    let tablet = chosen;
    for (let now = 0; now < 600_000; now += 1_000) tablet = later(tablet, now, visiting);
    expect(tablet.language).toBe('de');
    expect(later(tablet, 605_000).language).toBe('de');
    expect(later(tablet, 640_000).language).toBeNull();
  });

  it('waits for one answer, and says kindly what did not work', () => {
    const sent = reduceTablet(newTablet, { type: 'sent', command: 'begin', now: 0 });
    expect(sent.pending).toBe('begin');
    const refused = reduceTablet(sent, {
      type: 'answered',
      command: 'begin',
      answer: { status: 'refused', code: 'closed', reason: '' },
      now: 100,
    });
    expect(refused).toMatchObject({ pending: null, notice: { text: 'troubleClosed' } });
    expect(later(refused, 3_000).notice).not.toBeNull();
    expect(later(refused, 7_000).notice).toBeNull();
    const lost = reduceTablet(sent, { type: 'answered', command: 'begin', answer: unanswered, now: 0 });
    expect(lost.notice?.text).toBe('tryFailed');
    // The page says it is reconnecting already.
    expect(reduceTablet(sent, { type: 'answered', command: 'begin', answer: unsent, now: 0 }).notice).toBeNull();
  });

  it('shows a new number large for a while', () => {
    const answer = { status: 'done', ticket: 12 } as const;
    const given = reduceTablet(newTablet, { type: 'answered', command: 'queue.join', answer, now: 1_000 });
    expect(given.given?.ticket).toBe(12);
    expect(later(given, 12_000).given?.ticket).toBe(12);
    expect(later(given, 14_000).given).toBeNull();
    expect(reduceTablet(given, { type: 'given-seen' }).given).toBeNull();
    const called = (ticket: number) => sampleState({ queue: { waiting: [], called: ticket, full: false } });
    expect(later(given, 2_000, called(11)).given?.ticket).toBe(12);
    expect(later(given, 2_000, called(12)).given).toBeNull();
  });

  it('stays the same object while nothing changes, so that nothing is drawn for nothing', () => {
    const tablet = later(newTablet, 5_000);
    expect(later(tablet, 6_000)).toBe(tablet);
  });
});

describe('the queue at the foot of the page', () => {
  const waiting = [
    { ticket: 13, place: 2, wait: 150 },
    { ticket: 12, place: 1, wait: 20 },
  ];

  it('is there while somebody visits or waits, the next first', () => {
    expect(queueView(sampleState())).toBeNull();
    const busy = sampleState({ visit: sampleVisit(), queue: { waiting, called: null, full: true } });
    expect(queueView(busy)).toMatchObject({ open: false, full: true, waiting: [{ ticket: 12 }, { ticket: 13 }] });
    expect(queueView({ ...busy, queue: { ...busy.queue, full: false } })?.open).toBe(true);
    expect(queueView({ ...busy, trouble: 'closed', queue: { ...busy.queue, full: false } })?.open).toBe(false);
    expect(queueView({ ...busy, settings: { ...busy.settings, queue: false } })).toBeNull();
  });

  it('shows a number that was looked at only while it waits and nobody is called', () => {
    const view = (called: number | null) =>
      queueView(sampleState({ queue: { waiting, called, full: false } })) as QueueView;
    expect(stillWaits(12, view(null))).toBe(true);
    expect(stillWaits(11, view(null))).toBe(false);
    expect(stillWaits(12, view(11))).toBe(false);
  });

  it('says the place in words', () => {
    expect(placeText(en, waiting[1])).toBe('You are next');
    expect(placeText(en, waiting[0])).toBe('1 before you · About 3 min');
    expect(placeText(de, { ticket: 9, place: 3, wait: 0 })).toBe('2 vor Ihnen');
  });
});

describe('words for visitors', () => {
  it('exist for every hint, camera and refusal', () => {
    for (const hint of hints) expect(en[hintTexts[hint]]).toBeTruthy();
    for (const { visitor, staff } of Object.values(cameraTexts)) expect(en[visitor] && en[staff]).toBeTruthy();
    for (const code of Object.keys(refusalCodes) as (keyof typeof refusalCodes)[]) {
      const text = refusalText(code);
      if (text !== null) expect(en[text]).toBeTruthy();
    }
    expect(refusalText('failed')).toBe('tryFailed');
    expect(refusalText('wrong-state')).toBeNull();
  });

  it('tell the time left', () => {
    expect([0, 0.4, 59.4, 60, 65, 600, -3].map(timeLeft)).toEqual([
      '0 s',
      '0 s',
      '59 s',
      '1:00 min',
      '1:05 min',
      '10:00 min',
      '0 s',
    ]);
  });
});

describe('hints', () => {
  const follow = (wishes: readonly (readonly [number, Hint | null])[]) => {
    let hint = noHint;
    return wishes.map(([now, wish]) => {
      hint = steadyHint(hint, wish, now);
      return hint.shown;
    });
  };

  it('do not flicker', () => {
    const flicker = Array.from({ length: 40 }, (_, i) => [i * 100, i % 2 ? 'closer' : 'look-here'] as const);
    expect(new Set(follow(flicker)).size).toBe(1);
  });

  it('change once the new one has lasted', () => {
    expect(
      follow([
        [0, 'no-face'],
        [100, 'ready'],
        [400, 'ready'],
        [560, 'ready'],
        [700, null],
        [1_200, null],
      ]),
    ).toEqual(['no-face', 'no-face', 'no-face', 'ready', 'ready', null]);
  });
});
