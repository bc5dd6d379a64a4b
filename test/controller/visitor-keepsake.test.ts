import { describe, expect, it } from 'vitest';
import { type PageLink, unlinked } from '../../controller/shared/link/page-link.ts';
import { readKeepsake, writeKeepsake } from '../../controller/visitor/keepsake-storage.ts';
import { isOwed } from '../../controller/visitor/model/keepsake.ts';
import { screenOf } from '../../controller/visitor/model/screen.ts';
import { newTablet, reduceTablet, type Tablet } from '../../controller/visitor/model/tablet.ts';
import type { InstallationState } from '../../server/protocol/snapshot.ts';
import { memoryStorage } from './memory-storage.ts';
import { sampleState, sampleVisit } from './sample-state.ts';

const receipt = '/receipt/a';
const receiptLink = 'https://x/receipt/a';
const visit = sampleVisit({ visitor: 8, receipt, receiptLink });
const becoming = sampleState({ state: 'becoming', visit });
const attract = sampleState();

const pass = (tablet: Tablet, state: InstallationState | null, now: number, isOnline = true): Tablet =>
  reduceTablet(tablet, { type: 'passed', state, isOnline, now });
const find = (tablet: Tablet, isThere = true, until = 100_000): Tablet =>
  reduceTablet(tablet, { type: 'found', receipt, isThere, until });
const screen = (tablet: Tablet, state = attract) => {
  const link: PageLink = { ...unlinked, phase: 'online', state };
  return screenOf(link, tablet, null).name;
};
const owed = ({ keepsake }: Tablet) => isOwed(keepsake, true);

/** A tablet whose server went during the becoming and came back without the visit. */
const cut = (state = becoming) => pass(pass(pass(newTablet, state, 1_000), state, 2_000, false), attract, 30_000);

describe('the code that a tablet keeps for a visitor whose server was cut off', () => {
  it('is shown for its time once the server is back and has the face', () => {
    const tablet = cut();
    expect(owed(tablet)).toBe(true);
    expect(screen(tablet)).toBe('attract');
    const found = find(tablet);
    expect(screen(found)).toBe('arrived');
    expect(screen(found, sampleState({ trouble: 'engine' }))).toBe('arrived');
    expect(owed(found)).toBe(false);
    expect(screen(pass(found, attract, 99_000))).toBe('arrived');
    const over = pass(found, attract, 100_000);
    expect(over.keepsake).toBeNull();
    expect(screen(over)).toBe('attract');
  });

  it('is shown longer where somebody still looks at it', () => {
    const stayed = reduceTablet(find(cut()), { type: 'stayed', until: 140_000 });
    expect(screen(pass(stayed, attract, 139_000))).toBe('arrived');
    expect(screen(pass(stayed, attract, 140_000))).toBe('attract');
    expect(reduceTablet(newTablet, { type: 'stayed', until: 140_000 })).toBe(newTablet);
  });

  it('is shown also where the server went while the face was held', () => {
    expect(owed(cut(sampleState({ state: 'arrived', visit })))).toBe(true);
  });

  it('is forgotten where the face was not kept', () => {
    expect(find(cut(), false).keepsake).toBeNull();
  });

  it('is not shown where the visit ended as it should, or the server says farewell itself', () => {
    expect(pass(pass(newTablet, becoming, 1_000), attract, 2_000).keepsake).toBeNull();
    const farewell = { visitor: 8, receipt, receiptLink, until: 9 };
    const away = pass(pass(newTablet, becoming, 1_000), becoming, 2_000, false);
    expect(pass(away, sampleState({ farewell }), 3_000).keepsake).toBeNull();
    // The server still has the visit: nothing was lost, and what comes next is seen.
    expect(pass(pass(away, becoming, 3_000), attract, 4_000).keepsake).toBeNull();
  });

  it('is put away by the visitor, by the next visit here, and by time', () => {
    const found = find(cut());
    expect(screen(reduceTablet(found, { type: 'put-away', receipt }))).toBe('attract');
    expect(reduceTablet(found, { type: 'forgotten', receipt, now: 40_000 }).keepsake).toBeNull();
    const next = pass(found, sampleState({ state: 'greet', visit: sampleVisit() }), 40_000);
    expect(next.keepsake).toBeNull();
    // Found only after the next has begun.
    expect(find(next).keepsake).toBeNull();
    const late = pass(pass(newTablet, becoming, 1_000), becoming, 2_000, false);
    expect(pass(late, becoming, 400_000, false).keepsake).toBeNull();
    expect(pass(late, attract, 400_000).keepsake).toBeNull();
    // “Done” just before the power went.
    const done = reduceTablet(pass(newTablet, becoming, 1_000), { type: 'put-away', receipt });
    expect(owed(pass(pass(pass(done, becoming, 1_500), becoming, 2_000, false), attract, 3_000))).toBe(false);
  });

  it('waits while somebody visits another tablet, and keeps its visitor’s language', () => {
    const speaking = reduceTablet(newTablet, { type: 'language', code: 'de', now: 0 });
    let tablet = pass(pass(speaking, becoming, 1_000), becoming, 2_000, false);
    const elsewhere = sampleState({ state: 'framing', visit: sampleVisit({ mine: false }) });
    for (let now = 3_000; now < 90_000; now += 1_000) tablet = pass(tablet, elsewhere, now);
    expect(owed(tablet)).toBe(true);
    expect(tablet.language).toBe('de');
    expect(screen(find(tablet), elsewhere)).toBe('arrived');
  });

  it('outlives a page that is loaded anew, but no damaged or foreign storage', () => {
    const storage = memoryStorage();
    writeKeepsake(storage, pass(newTablet, becoming, 1_000).keepsake);
    const again = pass({ ...newTablet, keepsake: readKeepsake(storage) }, attract, 3_000);
    expect(owed(again)).toBe(true);
    writeKeepsake(storage, find(again).keepsake);
    expect(screen({ ...newTablet, keepsake: readKeepsake(storage) })).toBe('arrived');
    writeKeepsake(storage, null);
    expect(readKeepsake(storage)).toBeNull();
    const [key] = storage.values.keys();
    const whole = { visitor: 8, receipt, receiptLink, seenAt: 1, until: null };
    for (const bad of ['', '{', '7', '[]', '{}', JSON.stringify({ ...whole, receipt: 'https://evil.example/' })]) {
      storage.values.set(key, bad);
      expect(readKeepsake(storage), bad).toBeNull();
    }
    const forbidden = memoryStorage({ forbidden: true });
    writeKeepsake(forbidden, null);
    expect(readKeepsake(forbidden)).toBeNull();
  });
});
