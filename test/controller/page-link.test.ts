import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PageLink, reduceLink, serverNow, unlinked } from '../../controller/shared/link/page-link.ts';
import type { InstallationState, StateUpdate } from '../../server/protocol/snapshot.ts';
import { sampleCurator, sampleState } from './sample-state.ts';

const online = (changes: Partial<InstallationState> = {}): PageLink =>
  reduceLink(unlinked, { type: 'state', state: sampleState({ now: 5_000, ...changes }), at: 4_000 });

const update = (changes: Partial<StateUpdate>): StateUpdate => ({ revision: 2, now: 6_000, changes: {}, ...changes });

describe('what a page knows', () => {
  it('begins with the whole state and the server’s clock', () => {
    const link = online();
    expect(link).toMatchObject({ phase: 'online', clockOffset: 1_000, behind: false });
    expect(serverNow(link, 10_000)).toBe(11_000);
  });

  it('follows updates, and never lets a late one set the clock back', () => {
    const next = reduceLink(online(), { type: 'update', update: update({ changes: { state: 'greet' } }), at: 5_900 });
    expect(next).toMatchObject({ clockOffset: 1_000, state: { state: 'greet', revision: 2 } });
  });

  it('notices a gap, keeps what it has, and ignores what follows until the whole comes', () => {
    const gap = reduceLink(online(), { type: 'update', update: update({ revision: 3 }), at: 5_000 });
    expect(gap).toMatchObject({ behind: true, state: { revision: 1 } });
    const more = reduceLink(gap, { type: 'update', update: update({ revision: 2 }), at: 5_000 });
    expect(more).toMatchObject({ behind: true, state: { revision: 1 } });
    const whole = reduceLink(more, { type: 'state', state: sampleState({ revision: 9 }), at: 0 });
    expect(whole).toMatchObject({ behind: false, state: { revision: 9 } });
  });

  it('is not upset by anything that is no update or no state', () => {
    fc.assert(
      fc.property(fc.anything(), fc.boolean(), (value, whole) => {
        const event = whole
          ? { type: 'state' as const, state: value as InstallationState, at: 0 }
          : { type: 'update' as const, update: value as StateUpdate, at: 0 };
        expect(reduceLink(online(), event)).toMatchObject({ phase: 'online', behind: true, state: { revision: 1 } });
      }),
    );
  });

  it('keeps the last state while the connection is away', () => {
    const lost = reduceLink(online(), { type: 'disconnected' });
    expect(lost).toMatchObject({ phase: 'lost', state: { revision: 1 } });
    expect(reduceLink(unlinked, { type: 'disconnected' })).toMatchObject({ phase: 'lost', state: null });
  });

  it('tells a wrong version, which only a reload helps, from other refusals', () => {
    const refusal = (code: 'version' | 'pin') => ({ type: 'refused' as const, refusal: { code, reason: '' } });
    expect(reduceLink(online(), refusal('version')).phase).toBe('outdated');
    expect(reduceLink(online(), refusal('pin')).phase).toBe('refused');
  });

  it('appends to the log of curators, the newest 200', () => {
    const lines = Array.from({ length: 250 }, (_, at) => ({ at, level: 'info' as const, message: String(at) }));
    const curator = online({ curator: sampleCurator() });
    expect(reduceLink(curator, { type: 'log', lines }).state?.curator?.log).toEqual(lines.slice(50));
    const visitor = online();
    expect(reduceLink(visitor, { type: 'log', lines })).toBe(visitor);
  });
});
