import { describe, expect, it } from 'vitest';
import { PinGuard, pinLimits } from '../../server/control/pin-guard.ts';
import { sourceOf } from '../../server/protocol/source.ts';

const pin = '471108';
const second = 1_000;
const day = 86_400 * second;

function guardOf(addresses: readonly string[] = [], own = pin) {
  const warnings: string[] = [];
  const saved = { addresses };
  const save = (list: readonly string[]) => {
    saved.addresses = list;
  };
  const guard = new PinGuard({ pin: own, addresses, save, warn: (sentence) => warnings.push(sentence) });
  const stranger = (address: string) => ({ address, isFromHere: false, device: null });
  return {
    warnings,
    saved,
    from: (address: string, given: string, now: number) => guard.check(given, stranger(address), now),
    here: (given: string, now: number) => guard.check(given, { ...stranger('127.0.0.1'), isFromHere: true }, now),
    device: (id: string, given: string, now: number) =>
      guard.check(given, { ...stranger('10.0.0.9'), device: id }, now),
  };
}

/** Guesses as fast as it may for `ms`; returns how many guesses were compared. */
function siege(addressOf: (k: number) => string, ms: number, guard = guardOf()) {
  let compared = 0;
  let k = 0;
  for (let now = 0; now < ms; now += 30 * second) {
    for (let n = 0; n < 12; n++) {
      const verdict = guard.from(addressOf(k++), 'guess', now);
      if (!verdict.ok && verdict.why === 'wrong') compared += 1;
    }
  }
  return compared;
}

describe('the PIN', () => {
  it('lets in who knows it, and makes one who guesses wait ever longer', () => {
    const { from, warnings } = guardOf();
    expect(from('10.0.0.1', pin, 0)).toEqual({ ok: true });
    for (let k = 0; k < 4; k++) expect(from('10.0.0.2', 'x', k)).toEqual({ ok: false, why: 'wrong', retryAfter: null });
    expect(from('10.0.0.2', 'x', 5)).toEqual({ ok: false, why: 'wrong', retryAfter: 30 });
    expect(from('10.0.0.2', pin, second), 'not even the right one').toEqual({ ok: false, why: 'wait', retryAfter: 30 });
    expect(from('10.0.0.3', pin, second), 'nobody else').toEqual({ ok: true });
    expect(from('10.0.0.2', 'x', 31 * second)).toMatchObject({ retryAfter: 60 });
    expect(from('10.0.0.2', pin, 92 * second)).toEqual({ ok: true });
    expect(from('10.0.0.2', 'x', 93 * second)).toMatchObject({ retryAfter: null });
    expect(warnings).toEqual(['5 wrong PINs from 10.0.0.2. It must wait 30 s now.']);
  });

  it.each([
    ['one address', () => '10.0.0.1', 40],
    ['the addresses of one IPv6 /64', (k: number) => `2001:db8:1:2:${(k % 9_999).toString(16)}::${k % 9_999}`, 40],
    ['many addresses', (k: number) => `10.${(k >> 16) & 255}.${(k >> 8) & 255}.${k & 255}`, 24 * pinLimits.together],
    ['many IPv6 networks', (k: number) => `2001:db8:${(k % 65_536).toString(16)}:1::1`, 24 * pinLimits.together],
  ])('is tried only a few times a day from %s', (_, addressOf, most) => {
    const compared = siege(addressOf, day);
    expect(compared).toBeGreaterThan(10);
    expect(compared).toBeLessThanOrEqual(most);
  });

  it('is taken from this computer, a paired device and an address that gave it before while strangers guess', () => {
    const guard = guardOf();
    expect(guard.from('10.0.0.7', pin, 0)).toEqual({ ok: true });
    siege((k) => `10.1.${k & 255}.1`, 60 * second, guard);
    const now = 61 * second;
    expect(guard.from('10.0.0.8', pin, now)).toMatchObject({ ok: false, why: 'wait' });
    expect(guard.from('10.0.0.7', pin, now)).toEqual({ ok: true });
    expect(guard.here(pin, now)).toEqual({ ok: true });
    expect(guard.device('tablet', pin, now)).toEqual({ ok: true });
    expect(guard.from('10.0.0.8', pin, now + 3_600 * second)).toEqual({ ok: true });
  });

  it('is taken from an address that gave it before also after a restart', () => {
    const before = guardOf();
    before.from('10.0.0.7', pin, 0);
    before.device('tablet', pin, 1);
    expect(before.saved.addresses).toEqual(['10.0.0.7', '10.0.0.9']);
    const after = guardOf(before.saved.addresses);
    siege((k) => `10.1.${k & 255}.1`, 60 * second, after);
    expect(after.from('10.0.0.8', pin, 60 * second)).toMatchObject({ ok: false, why: 'wait' });
    expect(after.from('10.0.0.7', pin, 60 * second)).toEqual({ ok: true });
  });

  it('is not lost to strangers in the /64 of an address that gave it', () => {
    const guard = guardOf(['2001:db8:1:2::7']);
    siege((k) => `2001:db8:1:2::${(k % 999) + 8}`, 60 * second, guard);
    expect(guard.from('2001:db8:1:2::7', pin, 60 * second)).toEqual({ ok: true });
  });

  it('never makes this computer wait, and a paired device only for its own wrong tries', () => {
    const guard = guardOf();
    for (let k = 0; k < 500; k++) expect(guard.here('x', k)).toMatchObject({ why: 'wrong', retryAfter: null });
    expect(guard.here(pin, 501)).toEqual({ ok: true });
    const { free, longest } = pinLimits.device;
    for (let k = 1; k < free; k++) expect(guard.device('a', 'x', k)).toMatchObject({ retryAfter: null });
    expect(guard.device('b', pin, free)).toEqual({ ok: true });
    for (let k = 0; k < 5; k++) {
      const now = (1 + k) * longest * second;
      expect(guard.device('a', 'x', now)).toMatchObject({ retryAfter: longest });
    }
    expect(guard.device('a', pin, 6 * longest * second)).toEqual({ ok: true });
    expect(guard.warnings[0]).toBe('10 wrong PINs from the paired device at 10.0.0.9. It must wait 60 s now.');
    expect(guard.warnings).toHaveLength(1);
  });

  it('is too short for other computers below six characters, also where it is right', () => {
    for (const short of ['4711', '47110']) {
      const guard = guardOf(['10.0.0.1'], short);
      for (const given of [short, 'x']) {
        expect(guard.from('10.0.0.1', given, 0)).toEqual({ ok: false, why: 'too-short', retryAfter: null });
        expect(guard.device('tablet', given, 0)).toMatchObject({ why: 'too-short' });
      }
      expect(guard.here(short, 0)).toEqual({ ok: true });
      expect(guard.here('x', 0)).toMatchObject({ why: 'wrong' });
    }
  });

  it('says once what strangers do together, and for how long that holds up the new ones', () => {
    const { from, warnings } = guardOf();
    for (let k = 0; k < 200; k++) from(`10.0.${k}.1`, 'x', k * second);
    expect(warnings).toEqual([
      '20 wrong PINs within 60 minutes from 20 addresses, the last from 10.0.19.1. Nobody new can give the PIN for ' +
        '60 minutes, or longer where it goes on; this computer and devices that gave it before are not held up.',
    ]);
    expect(warnings.join()).not.toContain(pin);
  });

  it('fills no log in a day of guessing', () => {
    const guard = guardOf();
    siege((k) => (k % 2 ? '10.0.0.1' : `10.1.${k & 255}.1`), day, guard);
    expect(guard.warnings.length).toBeGreaterThan(20);
    expect(guard.warnings.length).toBeLessThan(130);
  });

  it('remembers a limited number of addresses, the newest', () => {
    const { from, saved } = guardOf();
    for (let k = 0; k < 300; k++) from(`10.0.${k >> 8}.${k & 255}`, pin, k);
    expect(saved.addresses).toHaveLength(pinLimits.addresses);
    expect(saved.addresses.at(-1)).toBe('10.0.1.43');
  });
});

describe('the source of a request', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0:0:ffff::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
    ['', ''],
    ['::zz', '::zz'],
  ])('%s is %s', (address, source) => {
    expect(sourceOf(address)).toBe(source);
  });
});
