import { describe, expect, it } from 'vitest';
import { type PageLink, unlinked } from '../../controller/shared/link/page-link.ts';
import { mirrorPicture, mirrorRing } from '../../controller/visitor/model/mirror-view.ts';
import {
  cameraAllowed,
  countdownSeconds,
  isKeptByTouch,
  type Screen,
  screenOf,
  warningOf,
} from '../../controller/visitor/model/screen.ts';
import { newTablet, reduceTablet } from '../../controller/visitor/model/tablet.ts';
import type { InstallationState, Visit } from '../../server/protocol/snapshot.ts';
import { stateNames } from '../../server/protocol/states.ts';
import { sampleState, sampleVisit } from './sample-state.ts';

const linkTo = (changes: Partial<InstallationState>): PageLink => ({
  ...unlinked,
  phase: 'online',
  state: sampleState(changes),
});
const screen = (changes: Partial<InstallationState>, camera: Parameters<typeof screenOf>[2] = null): Screen =>
  screenOf(linkTo(changes), newTablet, camera);
const mine = (visit: Partial<Visit> = {}) => sampleVisit(visit);
const theirs = (visit: Partial<Visit> = {}) => sampleVisit({ mine: false, ...visit });
const farewell = { visitor: 8, receipt: '/receipt/a', receiptLink: 'https://x/receipt/a', until: 9 };

describe('the screen of a visitors’ tablet', () => {
  it('is one for each state of a visit of its own', () => {
    const names = stateNames.map((state) => screen({ state, visit: mine() }).name);
    expect(names).toEqual(['attract', 'consent', 'framing', 'countdown', 'review', 'becoming', 'arrived']);
  });

  it('asks for what becomes of the photograph in this visit', () => {
    const photograph = (portraitsKept: boolean, beside: boolean) =>
      screen({ state: 'greet', visit: mine({ beside }), settings: { ...sampleState().settings, portraitsKept } });
    expect(photograph(false, false)).toMatchObject({ photograph: 'consentPhoto' });
    expect(photograph(true, false)).toMatchObject({ photograph: 'consentPhotoKept' });
    expect(photograph(false, true)).toMatchObject({ photograph: 'consentPhotoBeside' });
    expect(photograph(true, true)).toMatchObject({ photograph: 'consentPhotoKeptBeside' });
  });

  it('says who it waits for, or why nobody can begin', () => {
    expect(screenOf(unlinked, newTablet, null).name).toBe('connecting');
    expect(screenOf({ ...linkTo({}), phase: 'outdated' }, newTablet, null).name).toBe('outdated');
    expect(screen({}).name).toBe('attract');
    expect(screen({ trouble: 'closed' })).toMatchObject({ name: 'resting', trouble: 'closed' });
    expect(screen({ state: 'becoming', visit: theirs() }).name).toBe('busy');
  });

  it('knows its own camera’s trouble, but only where its camera is used', () => {
    expect(screen({}, 'denied')).toEqual({ name: 'resting', trouble: 'camera', camera: 'denied' });
    expect(screen({ cameraDriver: 'device' }, 'denied').name).toBe('attract');
    expect(screen({ state: 'framing', visit: mine() }, 'busy')).toEqual({ name: 'camera-trouble', camera: 'busy' });
    expect(screen({ state: 'framing', visit: mine(), cameraDriver: 'folder' }, 'busy').name).toBe('framing');
    // Another camera has no staff at the tablet, but must not be looked into for nothing.
    const other = { state: 'framing' as const, visit: mine(), cameraDriver: 'device', trouble: 'camera' as const };
    expect(screen(other)).toEqual({ name: 'camera-trouble', camera: null });
    // A closed piece is closed, whatever the camera is.
    expect(screen({ trouble: 'closed' }, 'denied')).toMatchObject({ trouble: 'closed', camera: null });
  });

  it('calls the next in the queue on every tablet', () => {
    const queue = { waiting: [], called: 12, full: false };
    expect(screen({ state: 'greet', visit: theirs({ ticket: 12 }), queue })).toEqual({ name: 'called', ticket: 12 });
    expect(screen({ state: 'greet', visit: mine({ ticket: 12 }), queue })).toEqual({ name: 'called', ticket: 12 });
    expect(screen({ state: 'greet', visit: mine({ ticket: 12 }) })).toMatchObject({ name: 'consent', ticket: 12 });
  });

  it('keeps a receipt on the tablet after the wall has moved on, until it is put away or another begins here', () => {
    const queue = { waiting: [], called: 12, full: false };
    const moved = { state: 'greet' as const, visit: theirs({ ticket: 12 }), queue, farewell };
    expect(screen(moved)).toMatchObject({ name: 'arrived', visitor: 8, farewell: true });
    const away = { ...newTablet, putAway: farewell.receipt };
    expect(screenOf(linkTo(moved), away, null).name).toBe('called');
    expect(screen({ state: 'greet', visit: mine(), farewell }).name).toBe('consent');
  });

  it('waits calmly while the wall is frozen or the engine is away', () => {
    const becoming = { state: 'becoming' as const, visit: mine({ visitor: 9 }) };
    expect(screen(becoming)).toMatchObject({ paused: false });
    expect(screen({ ...becoming, trouble: 'engine' })).toMatchObject({ name: 'becoming', paused: true });
    const { parameters } = sampleState();
    expect(screen({ ...becoming, parameters: { ...parameters, freeze: true } })).toMatchObject({ paused: true });
  });

  it('shows no code of a face that was deleted here, and says so while it moves on', () => {
    const tablet = reduceTablet(newTablet, { type: 'forgotten', receipt: farewell.receipt, now: 1_000 });
    const visit = mine({ visitor: 8, receipt: farewell.receipt, receiptLink: farewell.receiptLink });
    expect(screenOf(linkTo({ state: 'arrived', visit }), tablet, null)).toMatchObject({
      name: 'arrived',
      receipt: null,
    });
    expect(screenOf(linkTo({ farewell }), tablet, null).name).toBe('attract');
    const moved = reduceTablet(tablet, { type: 'passed', state: sampleState(), isOnline: true, now: 3_000 });
    expect(moved.notice?.text).toBe('receiptForgotten');
  });

  it('shows no receipt before there is one', () => {
    expect(screen({ state: 'arrived', visit: mine({ visitor: 9, receipt: '/receipt/a' }) })).toMatchObject({
      name: 'arrived',
      receipt: null,
    });
  });
});

describe('the tablet’s camera', () => {
  it('is on only for a visitor of this tablet who has agreed, until their portrait is made', () => {
    const on = stateNames.filter((state) => cameraAllowed(linkTo({ state, visit: mine() })));
    expect(on).toEqual(['framing', 'countdown', 'review']);
    for (const state of stateNames) {
      expect(cameraAllowed(linkTo({ state, visit: theirs() }))).toBe(false);
      expect(cameraAllowed(linkTo({ state, visit: null }))).toBe(false);
      expect(cameraAllowed(linkTo({ state, visit: mine(), cameraDriver: 'device' }))).toBe(false);
      expect(cameraAllowed({ ...linkTo({ state, visit: mine() }), phase: 'outdated' })).toBe(false);
    }
  });
});

describe('time on the tablet', () => {
  const link = (changes: Partial<InstallationState>): PageLink => ({ ...linkTo(changes), clockOffset: 500 });

  it('warns in good time, by the server’s clock', () => {
    const at = link({ state: 'greet', visit: mine(), until: 100_000 });
    const shown = screenOf(at, newTablet, null);
    expect(warningOf(shown, at, 80_000)).toBeNull();
    expect(warningOf(shown, at, 84_500)).toBe(15);
    expect(warningOf(shown, at, 98_600)).toBe(1);
    expect(warningOf(shown, at, 200_000)).toBe(0);
  });

  it('does not warn where nothing is lost by waiting', () => {
    for (const changes of [
      { state: 'becoming' as const, visit: mine() },
      { state: 'arrived' as const, visit: mine() },
      { state: 'review' as const, visit: mine({ portrait: null }) },
      { state: 'greet' as const, visit: mine(), until: null },
    ]) {
      const at = link({ until: 100_000, ...changes });
      expect(warningOf(screenOf(at, newTablet, null), at, 99_000)).toBeNull();
    }
  });

  it('warns before a code goes, which a touch keeps unless somebody is called', () => {
    const until = 100_000;
    const at = link({ farewell: { ...farewell, until } });
    const shown = screenOf(at, newTablet, null);
    expect(warningOf(shown, at, 80_000)).toBeNull();
    expect(warningOf(shown, at, 84_500)).toBe(15);
    expect(isKeptByTouch(shown, at)).toBe(true);
    const queue = { waiting: [], called: 12, full: false };
    const called = link({ farewell: { ...farewell, until }, state: 'greet', visit: theirs({ ticket: 12 }), queue });
    expect(warningOf(screenOf(called, newTablet, null), called, 84_500)).toBe(15);
    expect(isKeptByTouch(screenOf(called, newTablet, null), called)).toBe(false);
    // The tablet's own memory of a code is by its own clock.
    const { receipt, receiptLink } = farewell;
    const keepsake = { visitor: 8, receipt, receiptLink, seenAt: 0, isCut: true, until };
    const kept = screenOf(link({}), { ...newTablet, keepsake }, null);
    expect(warningOf(kept, link({}), 85_000)).toBe(15);
    expect(isKeptByTouch(screenOf(link({ state: 'arrived', visit: mine() }), newTablet, null), at)).toBe(false);
  });

  it('does not warn before a portrait that is taken by itself', () => {
    const at = link({ state: 'framing', visit: mine({ hints: ['ready'], captures: true }), until: 100_000 });
    expect(warningOf(screenOf(at, newTablet, null), at, 98_000)).toBeNull();
    const waiting = link({ state: 'framing', visit: mine({ hints: ['ready'] }), until: 100_000 });
    expect(warningOf(screenOf(waiting, newTablet, null), waiting, 98_000)).toBe(2);
  });

  it('counts down to 1, and then it is now', () => {
    const at = link({ until: 103_500 });
    expect([100_000, 100_999, 101_001, 102_500, 103_000, 110_000].map((now) => countdownSeconds(at, now))).toEqual([
      3, 3, 2, 1, 0, 0,
    ]);
    expect(countdownSeconds(link({ until: null }), 0)).toBe(0);
  });
});

describe('the oval', () => {
  it('shows the wall, the camera, the portrait, and the new face', () => {
    const shown = (changes: Partial<InstallationState>) => mirrorPicture(screen(changes), sampleState(changes));
    expect(shown({})).toEqual({ kind: 'wall', dim: false });
    expect(shown({ state: 'greet', visit: mine() })).toEqual({ kind: 'wall', dim: true });
    expect(shown({ state: 'framing', visit: mine() })).toEqual({ kind: 'camera', own: true, still: false });
    expect(shown({ state: 'framing', visit: mine(), cameraDriver: 'device' })).toMatchObject({ own: false });
    // Frozen or black: it must be looked at to be seen to be well again.
    expect(shown({ state: 'framing', visit: mine(), trouble: 'camera' })).toMatchObject({ kind: 'camera', own: true });
    expect(shown({ state: 'review', visit: mine() })).toMatchObject({ kind: 'camera', still: true });
    expect(shown({ state: 'review', visit: mine({ portrait: '/portrait/x' }) })).toEqual({
      kind: 'portrait',
      address: '/portrait/x',
    });
    expect(shown({ state: 'arrived', visit: mine({ visitor: 8 }) })).toEqual({
      kind: 'face',
      address: '/faces/face-0008/final.webp',
    });
    // The one on the wall, where that is bent; itself once the wall has gone on.
    const parameters = { ...sampleState().parameters, 'direction.age': 0.5 };
    const visit = mine({ visitor: 8 });
    expect(shown({ state: 'arrived', visit, parameters })).toEqual({ kind: 'wall', dim: false });
    expect(shown({ farewell, parameters })).toMatchObject({ kind: 'face' });
    // Not in the chain yet: the wall has it.
    expect(shown({ state: 'arrived', visit: mine({ visitor: 99 }) })).toEqual({ kind: 'wall', dim: false });
    // Deleted meanwhile: the wall shows somebody else by now.
    expect(shown({ farewell: { ...farewell, visitor: 99 } })).toEqual({ kind: 'nothing' });
  });

  it('is ringed by how far things are', () => {
    const ring = (changes: Partial<InstallationState>) => mirrorRing(screen(changes));
    const progress = { step: 1, steps: 2, done: 0.4, secondsLeft: 9, likeness: null, loss: null };
    expect(ring({})).toEqual({ kind: 'quiet' });
    expect(ring({ state: 'framing', visit: mine({ hints: ['closer'] }) })).toEqual({ kind: 'quiet' });
    expect(ring({ state: 'framing', visit: mine({ hints: ['ready'] }) })).toEqual({ kind: 'ready' });
    expect(ring({ state: 'becoming', visit: mine() })).toEqual({ kind: 'progress', done: 0 });
    expect(ring({ state: 'becoming', visit: mine({ progress }) })).toEqual({ kind: 'progress', done: 0.4 });
  });
});
