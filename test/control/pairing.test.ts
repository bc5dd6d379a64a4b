import { describe, expect, it } from 'vitest';
import { browserName } from '../../server/control/browser-name.ts';
import { waitingLimits } from '../../server/control/waiting-devices.ts';
import { devicesOf, requestFrom, sentBack } from './devices-of.ts';

const withCookie = (setCookie: string | null, address?: string) =>
  requestFrom(address, { cookie: sentBack(setCookie) });
type Asked = { readonly code: string; readonly cookie: string };

describe('pairing by a code', () => {
  it('pairs the display that shows it, and no other', () => {
    const messages: string[] = [];
    const { clock, devices, pairing, waiting } = devicesOf({ onPaired: (message) => messages.push(message) });
    const [left, right] = ['left', 'right'].map((name) => pairing.ask(requestFrom(), name) as Asked);
    expect(left.code).toMatch(/^\d{6}$/);
    expect(waiting.list(clock.now)).toMatchObject([{ name: 'left' }, { name: 'right' }]);
    expect(devices.isPaired(withCookie(left.cookie))).toBe(false);
    expect(pairing.confirm(left.code)).toBe(true);
    expect(messages).toEqual(['A display was paired: “left” at 192.168.1.77.']);
    expect(devices.admits(withCookie(left.cookie), 'display')).toBe(true);
    expect(devices.admits(withCookie(left.cookie), 'tablet')).toBe(false);
    expect(devices.isPaired(withCookie(right.cookie))).toBe(false);
    expect(pairing.confirm(left.code), 'a code is good once').toBe(false);
  });

  it('shows the same code for as long as the page asks, and forgets it after', () => {
    const { clock, pairing } = devicesOf();
    const first = pairing.ask(requestFrom(), 'main') as Asked;
    for (let k = 0; k < 5; k++) {
      clock.now += waitingLimits.patienceMs - 1;
      expect(pairing.ask(withCookie(first.cookie), 'main')).toEqual(first);
    }
    clock.now += waitingLimits.patienceMs + 1;
    expect(pairing.confirm(first.code)).toBe(false);
    expect(pairing.ask(withCookie(first.cookie), 'main')?.cookie).not.toBe(first.cookie);
  });

  it('has a limited number of places; of one address only the newest wait', () => {
    const { pairing, waiting, clock } = devicesOf();
    const mine = Array.from({ length: waitingLimits.fromOne + 3 }, () => pairing.ask(requestFrom(), 'main') as Asked);
    expect(waiting.list(clock.now)).toHaveLength(waitingLimits.fromOne);
    expect(pairing.confirm(mine[0].code)).toBe(false);
    for (let k = 0; k < waitingLimits.fromOne + 3; k++) pairing.ask(requestFrom(`2001:db8:1:2::${k}`), 'main');
    expect(waiting.list(clock.now), 'a computer may use a whole IPv6 /64').toHaveLength(2 * waitingLimits.fromOne);
    for (let k = 0; k < waitingLimits.all; k++) pairing.ask(requestFrom(`10.0.0.${k}`), 'main');
    expect(waiting.list(clock.now)).toHaveLength(waitingLimits.all);
    expect(pairing.ask(requestFrom('10.0.1.1'), 'main')).toBeNull();
    expect(pairing.ask(withCookie(mine.at(-1)?.cookie ?? ''), 'main'), 'who waits goes on').not.toBeNull();
    expect(pairing.tryPin(requestFrom('10.0.1.1'), 'display', '471100').ok, 'the PIN needs no place').toBe(true);
  });
});

describe('pairing by the PIN', () => {
  it('gives a device a name whose browser does not say what it is', () => {
    const messages: string[] = [];
    const { devices, pairing } = devicesOf({ onPaired: (message) => messages.push(message) });
    const silent: Record<string, string>[] = [{}, { 'user-agent': '' }, { 'user-agent': 'curl/8.5' }];
    for (const headers of silent) {
      pairing.tryPin(requestFrom(undefined, headers), 'tablet', '471100');
    }
    const named = Array.from({ length: 3 }, () => 'A visitors’ tablet was paired: “unknown browser” at 192.168.1.77.');
    expect(messages).toEqual(named);
    expect(devices.list(() => false).map(({ name }) => name)).toEqual(Array(3).fill('unknown browser'));
  });

  it('takes the right one alone, and remembers the browser', () => {
    const { devices, pairing } = devicesOf();
    expect(pairing.tryPin(requestFrom(), 'tablet', '471101')).toEqual({ ok: false, why: 'wrong', retryAfter: null });
    const agent = 'Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1';
    const verdict = pairing.tryPin(requestFrom(undefined, { 'user-agent': agent }), 'tablet', '471100');
    if (!verdict.ok) throw new Error('refused');
    expect(devices.admits(withCookie(verdict.cookie), 'tablet')).toBe(true);
    expect(devices.list(() => false)).toMatchObject([{ name: 'Safari on iPad', browser: 'Safari on iPad' }]);
  });

  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131 Safari/537.36',
      'Chrome on Linux',
    ],
    ['Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131 Mobile Safari/537.36', 'Chrome on Android'],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131 Safari/537.36 Edg/131', 'Edge on Windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1 Version/18 Safari/605.1', 'Safari on Mac'],
    ['curl/8', ''],
    [undefined, ''],
    ['\0'.repeat(100_000), ''],
  ])('calls %s', (agent, name) => {
    expect(browserName(agent)).toBe(name);
  });
});
