import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowList, parseNetwork } from '../../server/config/network.ts';
import { emptyState } from '../../server/config/state-file.ts';
import { Displays } from '../../server/control/displays.ts';
import { LiveParameters } from '../../server/control/live-parameters.ts';
import { LogBook } from '../../server/control/log-book.ts';
import { isSameOrigin } from '../../server/control/same-origin.ts';
import { StateFeed } from '../../server/control/state-feed.ts';
import type { View } from '../../server/control/state-view.ts';
import { TokenBucket } from '../../server/control/token-bucket.ts';
import { defaultValues, describeParameters } from '../../server/protocol/parameters.ts';
import { applyUpdate, type InstallationState } from '../../server/protocol/snapshot.ts';
import { builtInLanguages } from '../../server/protocol/texts.ts';

const descriptions = describeParameters({
  directions: [{ name: 'age', label: 'Age', min: -3, max: 3 }],
  languages: builtInLanguages,
});
const defaults = defaultValues(descriptions);

describe('live parameters', () => {
  it('are one set, told once when they change', () => {
    const parameters = new LiveParameters(descriptions, defaults, {});
    const heard: string[] = [];
    parameters.onChange(({ parameter, value, source }) => heard.push(`${parameter.key} ${value} ${source}`));
    expect(parameters.set('pace', 30, 'osc')).toMatchObject({ ok: true });
    expect(parameters.set('pace', 30, 'curator')).toMatchObject({ ok: true });
    expect(parameters.set('pace', 1, 'curator')).toMatchObject({ ok: false, code: 'out-of-range' });
    expect(parameters.set('pace', 40, 'visitor')).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(heard).toEqual(['pace 30 osc']);
    expect(parameters.values.pace).toBe(30);
  });

  it('survive a restart until the line in installation.yaml is changed', () => {
    const first = new LiveParameters(descriptions, defaults, {});
    first.set('pace', 30, 'curator');
    first.set('hold', 40, 'curator');
    first.set('hold', defaults.hold, 'curator');
    expect(first.saved).toEqual({ pace: { value: 30, over: 60 } });
    expect(new LiveParameters(descriptions, defaults, first.saved).values.pace).toBe(30);
    expect(new LiveParameters(descriptions, { ...defaults, pace: 90 }, first.saved).values.pace).toBe(90);
    const odd = { pace: { value: 'x', over: 60 }, gone: { value: 1, over: 1 }, ...emptyState().live };
    expect(new LiveParameters(descriptions, defaults, odd).values).toEqual(defaults);
  });

  it('may be added later, with what was remembered of them', () => {
    const [fixed, directions] = [descriptions.slice(0, -1), descriptions.slice(-1)];
    const saved = { 'direction.age': { value: 1.5, over: 0 }, 'direction.other': { value: 1, over: 0 } };
    const parameters = new LiveParameters(fixed, defaults, saved);
    expect(parameters.saved).toEqual(saved);
    expect(parameters.set('direction.age', 1, 'osc')).toMatchObject({ code: 'unknown-parameter' });
    parameters.add(directions, defaults);
    parameters.add(directions, defaults);
    expect(parameters.values['direction.age']).toBe(1.5);
    expect(parameters.descriptions).toHaveLength(descriptions.length);
    expect(parameters.saved).toEqual(saved);
  });

  it('recall what presets keep, and leave the rest alone', () => {
    const parameters = new LiveParameters(descriptions, defaults, {});
    parameters.set('pace', 30, 'curator');
    parameters.set('blackout', true, 'curator');
    const kept = parameters.forPreset();
    expect(kept).not.toHaveProperty('blackout');
    parameters.set('pace', 99, 'curator');
    parameters.recall({ ...kept, blackout: false, nonsense: 3, look: 'oil' });
    expect(parameters.values).toMatchObject({ pace: 30, blackout: true, look: 'plain' });
  });
});

describe('networks', () => {
  it('are read or not', () => {
    expect(parseNetwork('192.168.1.0/24')).toEqual({ address: '192.168.1.0', family: 'ipv4', prefix: 24 });
    for (const bad of ['', 'x', '1.2.3', '1.2.3.4/33', '1.2.3.4/', '::1/129', '1.2.3.4/8/8', '1.2.3.4/-1']) {
      expect(parseNetwork(bad), bad).toBeNull();
    }
  });

  it('hold the addresses they should', () => {
    const isAllowed = allowList(['127.0.0.1', '192.168.1.0/24', 'fe80::/10']);
    for (const good of ['127.0.0.1', '::ffff:127.0.0.1', '192.168.1.77', 'fe80::1%eth0']) {
      expect(isAllowed(good), good).toBe(true);
    }
    for (const bad of ['127.0.0.2', '192.168.2.1', '::1', '', 'localhost']) expect(isAllowed(bad), bad).toBe(false);
  });
});

describe('small parts', () => {
  it('the token bucket lets through what it should', () => {
    const bucket = new TokenBucket(10, 3);
    expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([true, true, true, false]);
    expect(bucket.take(100)).toBe(true);
    expect(bucket.take(101)).toBe(false);
    expect(bucket.take(50)).toBe(false);
  });

  it('pages of other servers are kept out', () => {
    expect(isSameOrigin({ headers: { host: 'a:8080' } })).toBe(true);
    expect(isSameOrigin({ headers: { host: 'a:8080', origin: 'http://a:8080' } })).toBe(true);
    expect(isSameOrigin({ headers: { host: 'a:8080', origin: 'http://evil.example' } })).toBe(false);
    expect(isSameOrigin({ headers: { host: 'a:8080', origin: 'null' } })).toBe(false);
  });

  it('the log keeps the newest two hundred lines', () => {
    const log = new LogBook(() => 7);
    for (let i = 0; i < 500; i++) log.write('info', `line ${i}`);
    expect(log.lines).toHaveLength(200);
    expect(log.lines.at(-1)).toEqual({ at: 7, level: 'info', message: 'line 499' });
  });

  it('displays report what can be shown and nothing else', () => {
    const displays = new Displays(() => ({ sent: 5, dropped: 2 }));
    displays.connect('s1', 'left', 'client-1', 9);
    fc.assert(
      fc.property(fc.anything(), (value) => {
        displays.report('s1', value);
        displays.keepThumbnail('s1', value);
        expect(displays.list[0].thumbnail).toBeNull();
      }),
    );
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1, 2, 3);
    expect(displays.keepThumbnail('s1', jpeg)).toBe(true);
    expect(displays.report('s1', { width: 9, height: 8, fps: 59.9, latency: null, skipped: 0 })).toBe(true);
    const [display] = displays.list;
    expect(display).toMatchObject({ name: 'left', width: 9, sent: 5, dropped: 2, latency: null });
    const [path, query] = (display.thumbnail ?? '').split('?');
    expect(displays.thumbnail(path.split('/').at(-1) ?? '', query)).toEqual(jpeg);
    expect(displays.thumbnail('s1', 'guess.1')).toBeNull();
    displays.dropThumbnails();
    expect(displays.list[0].thumbnail).toBeNull();
    expect(displays.thumbnail('s1', query)).toBeNull();
    displays.keepThumbnail('s1', jpeg);
    // The same address would be the old picture to a page that has it.
    expect(displays.list[0].thumbnail).not.toBe(display.thumbnail);
  });
});

describe('what a page is told', () => {
  const view = (parts: Partial<View>): View =>
    ({ state: 'attract', chain: [], curve: [], curator: null, ...parts }) as View;

  it('adds up to the whole', () => {
    const feed = new StateFeed();
    let told: InstallationState = feed.whole(view({}), 1);
    const none = { cleared: false, points: [] };
    expect(feed.update(view({ chain: [] }), none, 2)).toBeNull();
    const point = { step: 1, loss: 1, likeness: 0 };
    for (const [next, curve] of [
      [view({ state: 'greet' }), none],
      [view({ state: 'greet' }), { cleared: false, points: [point] }],
      [view({ state: 'becoming' }), { cleared: true, points: [point, point] }],
    ] as const) {
      const update = feed.update(next, curve, 3);
      expect(update?.changes).not.toHaveProperty('chain');
      const applied = update && applyUpdate(told, update);
      if (!applied) throw new Error('An update was lost.');
      told = applied;
    }
    expect(told).toMatchObject({ state: 'becoming', curve: [point, point] });
  });
});
