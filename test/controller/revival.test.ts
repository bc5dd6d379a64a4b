import { describe, expect, it } from 'vitest';
import { type PageLink, type Phase, unlinked } from '../../controller/shared/link/page-link.ts';
import { watchRevival } from '../../controller/shared/link/revival.ts';
import { createStore } from '../../controller/shared/store.ts';

describe('connections beside control', () => {
  const link = createStore<PageLink>(unlinked);
  const revival = watchRevival(link);
  let revived = 0;
  const off = revival.subscribe(() => revived++);
  const revivedBy = (...phases: Phase[]) => {
    revived = 0;
    for (const phase of phases) link.update((value) => ({ ...value, phase }));
    return revived;
  };

  it('are made anew when control is back, and not before, nor when it first comes', () => {
    expect(revivedBy('online')).toBe(0);
    expect(revivedBy('lost')).toBe(0);
    expect(revivedBy('online')).toBe(1);
    expect(revivedBy('lost', 'refused', 'online')).toBe(1);
  });

  it('are made anew when the tablet wakes, for as long as somebody holds one', () => {
    revivedBy();
    revival.revive();
    expect(revived).toBe(1);
    off();
    revival.revive();
    expect(revived).toBe(1);
  });
});
