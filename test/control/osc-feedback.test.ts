import { beforeEach, describe, expect, it } from 'vitest';
import { isPressed, isReleased, readPort } from '../../server/control/osc/addresses.ts';
import type { Endpoint } from '../../server/control/osc/endpoint.ts';
import { Feedback } from '../../server/control/osc/feedback.ts';
import { Subscribers } from '../../server/control/osc/subscribers.ts';
import { Traffic } from '../../server/control/osc/traffic.ts';
import { Waiting } from '../../server/control/osc/waiting.ts';
import { FakeClock } from '../installation/fakes.ts';

const desk: Endpoint = { host: '10.0.0.1', port: 9001 };
const tablet: Endpoint = { host: '10.0.0.2', port: 9001 };

let clock: FakeClock;
let feedback: Feedback;
let sent: { to: string; address: string; value: unknown; at: number }[];
const nothing = () => ({ moments: [], values: [] });
const heardBy = ({ host, port }: Endpoint) => sent.filter(({ to }) => to === `${host}:${port}`);

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  const start = clock.now();
  feedback = new Feedback(clock, ({ host, port }, address, values) => {
    sent.push({ to: `${host}:${port}`, address, value: values[0], at: clock.now() - start });
  });
  feedback.subscribe(desk, nothing);
  feedback.subscribe(tablet, nothing);
});

describe('feedback', () => {
  it('comes at once after a silence', async () => {
    feedback.value('/pace', 1);
    await clock.advance(0);
    expect(sent.map(({ address, value, at }) => [address, value, at])).toEqual([
      ['/pace', 1, 0],
      ['/pace', 1, 0],
    ]);
  });

  it('comes twenty times a second at most, the newest value always, the last one in the end', async () => {
    for (let i = 0; i < 1_000; i++) {
      feedback.value('/likeness', i);
      feedback.value('/step', -i);
      await clock.advance(0.001);
    }
    await clock.advance(1);
    const likeness = heardBy(desk).filter(({ address }) => address === '/likeness');
    expect(likeness.length).toBeGreaterThan(15);
    expect(likeness.length).toBeLessThan(25);
    expect(likeness.at(-1)?.value).toBe(999);
    expect(heardBy(tablet).at(-1)?.value).toBe(-999);
    expect(clock.pending).toBe(0);
  });

  it('loses no moment among the values', async () => {
    for (const state of ['greet', 'framing', 'countdown', 'review']) feedback.moment('/state', state);
    await clock.advance(0);
    expect(heardBy(desk).map(({ value }) => value)).toEqual(['greet', 'framing', 'countdown', 'review']);
    for (let i = 0; i < 1_000; i++) feedback.moment('/state', i);
    await clock.advance(1);
    expect(heardBy(desk)).toHaveLength(4 + 16);
    expect(heardBy(desk).at(-1)?.value).toBe(999);
  });

  it('does not pull a fader from under a finger, but tells in the end where it stands', async () => {
    for (let i = 1; i <= 60; i++) {
      feedback.movedBy(desk, '/pace');
      feedback.value('/pace', i);
      await clock.advance(1 / 60);
    }
    expect(heardBy(desk)).toEqual([]);
    expect(heardBy(tablet).length).toBeGreaterThan(15);
    // Somebody else moves it too: that waits as well, and is not lost.
    feedback.value('/pace', 99);
    await clock.advance(1);
    expect(heardBy(desk)).toMatchObject([{ address: '/pace', value: 99 }]);
    // It was moved for the last time after a second, but for a sixtieth.
    const quiet = heardBy(desk)[0].at - 1_000 * (59 / 60);
    expect(quiet).toBeGreaterThanOrEqual(300);
    expect(quiet).toBeLessThan(400);
    feedback.value('/pace', 5);
    await clock.advance(0.06);
    expect(heardBy(desk).at(-1)).toMatchObject({ value: 5 });
  });

  it('holds back one program of a computer, or all where it sends from a port that nobody reads', async () => {
    const other = { host: desk.host, port: 9002 };
    feedback.subscribe(other, nothing);
    feedback.movedBy(desk, '/pace');
    feedback.value('/pace', 1);
    await clock.advance(0.1);
    expect([heardBy(desk), heardBy(other), heardBy(tablet)].map(({ length }) => length)).toEqual([0, 1, 1]);
    await clock.advance(1);
    feedback.movedBy({ host: desk.host, port: 50_000 }, '/pace');
    feedback.value('/pace', 2);
    await clock.advance(0.1);
    expect([heardBy(desk), heardBy(other), heardBy(tablet)].map(({ length }) => length)).toEqual([1, 1, 2]);
    await clock.advance(1);
    expect([heardBy(desk), heardBy(other), heardBy(tablet)].map(({ length }) => length)).toEqual([2, 2, 2]);
  });

  it('puts a fader back whose value was refused', async () => {
    feedback.movedBy(desk, '/pace');
    feedback.settle(desk, '/pace', 60);
    await clock.advance(1);
    expect(sent).toMatchObject([{ to: '10.0.0.1:9001', address: '/pace', value: 60 }]);
  });

  it('tells everything again when a subscription is renewed, but once a second at most', async () => {
    const whole = () => ({ moments: [['/state', ['attract']]] as const, values: [['/pace', [60]]] as const });
    const late = { host: '10.0.0.3', port: 1_024 };
    for (let i = 0; i < 50; i++) {
      feedback.subscribe(late, whole);
      await clock.advance(0.01);
    }
    expect(heardBy(late)).toHaveLength(2);
    await clock.advance(10);
    feedback.subscribe(late, whole);
    await clock.advance(0.1);
    expect(heardBy(late)).toHaveLength(4);
  });

  it('ends with the subscription', async () => {
    await clock.advance(31);
    feedback.value('/pace', 3);
    await clock.advance(1);
    expect(sent).toEqual([]);
  });
});

describe('subscribers', () => {
  it('are few, of one computer and of all', () => {
    const subscribers = new Subscribers();
    for (let port = 2_000; port < 4_000; port++) subscribers.add({ host: 'a', port }, port);
    expect(subscribers.at(4_000).map(({ endpoint }) => endpoint.port)).toEqual([
      3_992, 3_993, 3_994, 3_995, 3_996, 3_997, 3_998, 3_999,
    ]);
    const added = Array.from({ length: 100 }, (_, i) => subscribers.add({ host: `b${i}`, port: 2_000 }, 4_000));
    expect(added.filter((one) => one !== null)).toHaveLength(24);
    expect(subscribers.at(4_000)).toHaveLength(32);
    // Who is in stays in.
    expect(subscribers.add({ host: 'b0', port: 2_000 }, 4_001)).not.toBeNull();
    expect(subscribers.at(34_000)).toHaveLength(1);
  });
});

describe('traffic', () => {
  it('takes one sender’s flood from nobody else', () => {
    const traffic = new Traffic();
    let come = 0;
    for (let i = 0; i < 20_000; i++) {
      if (traffic.mayCome(desk, i / 10)) come += 1;
      if (i % 200 === 0) expect(traffic.mayCome(tablet, i / 10)).toBe(true);
    }
    // Two seconds of 10,000 packets each.
    expect(come).toBeLessThanOrEqual(2_001);
    expect(come).toBeGreaterThan(1_900);
  });

  it('bounds a sender that changes its port, and large bundles', () => {
    const traffic = new Traffic();
    let come = 0;
    for (let i = 0; i < 60_000; i++) {
      if (traffic.mayCome({ host: 'a', port: 1_024 + (i % 60_000) }, i / 60)) come += 1;
    }
    expect(come).toBeLessThanOrEqual(8_001);
    expect(traffic.mayCome(tablet, 10_000, 256)).toBe(true);
    expect(traffic.mayCome(tablet, 10_000, 900)).toBe(false);
  });
});

describe('messages that wait', () => {
  it('are bounded, of one sender and in time', async () => {
    const waiting = new Waiting(clock);
    let run = 0;
    const add = (sender: string, wait: number) => waiting.add(sender, wait, () => (run += 1));
    expect(add('a', 60_001)).toMatchObject({ ok: false, code: 'out-of-range' });
    expect(add('a', Number.NaN)).toMatchObject({ ok: false, code: 'out-of-range' });
    const added = (sender: string) => Array.from({ length: 500 }, () => add(sender, 1_000)).filter(({ ok }) => ok);
    expect(['a', 'b', 'c', 'd', 'e'].map((sender) => added(sender).length)).toEqual([256, 256, 256, 232, 0]);
    await clock.advance(2);
    expect(run).toBe(1_000);
    expect(add('a', 10)).toMatchObject({ ok: true });
    waiting.clear();
    await clock.advance(1);
    expect(run).toBe(1_000);
  });
});

describe('buttons', () => {
  it('are pressed or let go', () => {
    for (const value of [1, 0.01, 127, true, null, Number.POSITIVE_INFINITY]) expect(isPressed(value)).toBe(true);
    for (const value of [0, -0, -1, false]) expect(isReleased(value)).toBe(true);
    for (const value of [Number.NaN, 'x', '']) expect([isPressed(value), isReleased(value)]).toEqual([false, false]);
  });

  it('are told from ports', () => {
    const read = (...values: Parameters<typeof readPort>[0]) => {
      const port = readPort(values, 7_000);
      return port.ok ? port.value : port.code;
    };
    expect([read(), read(1), read(true), read(127), read(null), read(1_023)]).toEqual(Array(6).fill(7_000));
    expect([read(0), read(false), read(9_001, 0), read(9_001, false), read(-5)]).toEqual(Array(5).fill(null));
    expect([read(9_001), read('9001'), read(9_001, 1), read(65_535)]).toEqual([9_001, 9_001, 9_001, 65_535]);
    for (const bad of [[65_536], [9_000.5], ['x'], [''], [Number.NaN], [9_001, 'x'], [9_001, 1, 1], [1e9]]) {
      expect(read(...bad), String(bad)).toBe('invalid');
    }
  });
});
