import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Draft, type DraftEvent, reduceDraft, toSend } from '../../controller/curator/model/draft.ts';
import { createDrafts } from '../../controller/curator/model/drafts.ts';
import { type Answer, unanswered } from '../../controller/shared/link/answers.ts';

const edited = (value: number, held = true): DraftEvent<number> => ({ type: 'edited', value, held });
const answered = (taken: boolean, now = 0): DraftEvent<number> => ({ type: 'answered', taken, now });
const passed = (server: number, now = 0): DraftEvent<number> => ({ type: 'passed', server, now });
const draftAfter = (...events: DraftEvent<number>[]) =>
  events.reduce<Draft<number> | null>((draft, event) => reduceDraft(draft, event), null);

describe('a value under somebody’s hand', () => {
  it('is not moved by others while it is held, whatever the server says', () => {
    const event = fc.oneof(
      fc.constant<DraftEvent<number>>({ type: 'sent' }),
      fc.boolean().map((taken) => answered(taken)),
      fc.tuple(fc.integer(), fc.nat()).map(([server, now]) => passed(server, now)),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        expect(draftAfter(edited(7), ...events)?.value).toBe(7);
      }),
    );
  });

  it('gives way to the server’s once it is let go and taken', () => {
    const done = [edited(7), { type: 'released' }, { type: 'sent' }, answered(true, 1_000)] as DraftEvent<number>[];
    expect(draftAfter(...done, passed(3, 1_100))?.value).toBe(7);
    expect(draftAfter(...done, passed(7, 1_100))).toBeNull();
    // Another curator was later: the server’s word is the last.
    expect(draftAfter(...done, passed(3, 2_600))).toBeNull();
  });

  it('springs back when it is refused, but not out of the hand', () => {
    expect(draftAfter(edited(7, false), { type: 'sent' }, answered(false))).toBeNull();
    expect(draftAfter(edited(7), { type: 'sent' }, answered(false))?.value).toBe(7);
    expect(draftAfter(edited(7, false), { type: 'sent' }, edited(8, false), answered(false))?.value).toBe(8);
  });

  it('is sent one at a time, and always the newest', () => {
    const first = draftAfter(edited(1));
    expect(toSend(first)).toEqual({ value: 1 });
    const waiting = draftAfter(edited(1), { type: 'sent' }, edited(2), edited(3));
    expect(toSend(waiting)).toBeNull();
    expect(toSend(reduceDraft(waiting, answered(true)))).toEqual({ value: 3 });
    expect(toSend(draftAfter(edited(1), { type: 'sent' }, answered(true)))).toBeNull();
  });

  it('is nothing before it is edited', () => {
    expect(draftAfter({ type: 'released' })).toBeNull();
    expect(draftAfter(answered(true), passed(1))).toBeNull();
  });
});

describe('drafts on their way', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A server that takes its time. */
  function slowServer(latency: number, answer: (value: number) => Answer = () => ({ status: 'done' })) {
    const got: number[] = [];
    let flying = 0;
    let most = 0;
    const send = async (_key: string, value: number): Promise<Answer> => {
      most = Math.max(most, ++flying);
      await new Promise((resolve) => setTimeout(resolve, latency));
      flying--;
      got.push(value);
      return answer(value);
    };
    const drafts = createDrafts<number>({ send, now: Date.now, interval: 60 });
    return { got, drafts, most: () => most };
  }

  it('send a long drag over a slow network without flooding it, and end at its end', async () => {
    const { got, drafts, most } = slowServer(400);
    for (let value = 1; value <= 100; value++) {
      drafts.edit('pace', value, true);
      await vi.advanceTimersByTimeAsync(16);
    }
    drafts.release('pace');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(most()).toBe(1);
    expect(got.length).toBeLessThan(8);
    expect(got.at(-1)).toBe(100);
    drafts.passed(() => 100, Date.now());
    expect(drafts.store.get().size).toBe(0);
  });

  it('keep a pause between two sendings on a fast network', async () => {
    const { got, drafts } = slowServer(1);
    for (let value = 1; value <= 60; value++) {
      drafts.edit('pace', value, true);
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(200);
    expect(got.length).toBeLessThanOrEqual(12);
    expect(got.at(-1)).toBe(60);
  });

  it('do not stop for one that is refused or unanswered', async () => {
    const { got, drafts } = slowServer(5, (value) => (value < 3 ? unanswered : { status: 'done' }));
    for (const value of [1, 2, 3]) {
      drafts.edit('pace', value, false);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(got).toEqual([1, 2, 3]);
    expect(drafts.store.get().get('pace')?.value).toBe(3);
  });

  it('of different keys do not wait for each other', async () => {
    const { got, drafts } = slowServer(50);
    drafts.edit('a', 1, false);
    drafts.edit('b', 2, false);
    await vi.advanceTimersByTimeAsync(55);
    expect(got).toEqual([1, 2]);
  });
});
