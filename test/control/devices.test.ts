import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceLimits } from '../../server/protocol/devices.ts';
import { devicesOf, requestFrom, sentBack } from './devices-of.ts';

const described = { name: 'main', browser: 'Chromium on Linux', address: '192.168.1.77' };
const withCookie = (setCookie: string | null, options = {}) =>
  requestFrom('192.168.1.77', { cookie: `theme=dark; ${sentBack(setCookie)}; other=1` }, options);
const day = 24 * 3_600_000;

describe('paired devices', () => {
  it('need no pairing on the computer of the piece, but behind a proxy there', () => {
    const { devices } = devicesOf();
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '192.168.1.10']) {
      expect(devices.admits(requestFrom(address), 'curator'), address).toBe(true);
      for (const [name, value] of Object.entries({ 'x-forwarded-for': '10.0.0.7', forwarded: 'for=10.0.0.7' })) {
        expect(devices.isPaired(requestFrom(address, { [name]: value })), address).toBe(false);
      }
    }
    expect(devices.isPaired(requestFrom())).toBe(false);
    expect(devices.isPaired({ socket: {}, headers: {} })).toBe(false);
    expect(devices.pair(requestFrom('127.0.0.1'), 'curator', described), 'nor is it listed').toBeNull();
    expect(devices.list(() => false)).toEqual([]);
  });

  it('may do what their kind may, and no more', () => {
    const { devices } = devicesOf();
    const may = (kind: 'display' | 'tablet' | 'curator') => {
      const request = withCookie(devices.pair(requestFrom(), kind, described));
      return (['display', 'tablet', 'curator'] as const).filter((wanted) => devices.admits(request, wanted));
    };
    expect(may('display')).toEqual(['display']);
    expect(may('tablet')).toEqual(['display', 'tablet']);
    expect(may('curator')).toEqual(['display', 'tablet', 'curator']);
  });

  it('have a secret each, and removing one leaves the others', () => {
    const { devices } = devicesOf();
    const cookies = [1, 2, 3].map(() => devices.pair(requestFrom(), 'tablet', described));
    expect(new Set(cookies).size).toBe(3);
    const removed: string[] = [];
    devices.onRemoved((id) => removed.push(id));
    const id = devices.idOf(withCookie(cookies[1])) as string;
    expect(devices.remove(id)).toBe(true);
    expect(devices.remove(id)).toBe(false);
    expect(removed).toEqual([id]);
    expect(cookies.map((cookie) => devices.isPaired(withCookie(cookie)))).toEqual([true, false, true]);
    expect(devices.renewedCookie(withCookie(cookies[1]))).toBeNull();
    expect(devices.renewedCookie(withCookie(cookies[0]))).toBe(cookies[0]);
  });

  it('are known after a restart by what is saved, which shows none of their secrets', () => {
    const first = devicesOf();
    const cookie = first.devices.pair(requestFrom(), 'tablet', described);
    const { saved } = first.state;
    expect(JSON.stringify(saved)).not.toContain(sentBack(cookie).split('=')[1]);
    expect(devicesOf({ saved }).devices.admits(withCookie(cookie), 'tablet')).toBe(true);
    const other = devicesOf({ saved, pin: '471200' });
    expect(other.devices.isPaired(withCookie(cookie))).toBe(false);
    expect(other.devices.list(() => false)).toEqual([]);
    expect(other.state.saved).toEqual([]);
  });

  it('keep their cookie where no script and no plain connection gets at it', () => {
    const { devices } = devicesOf();
    const plain = devices.pair(requestFrom(), 'tablet', described);
    expect(plain).toMatch(/^familiar-device=p[\w-]{32}; Path=\/; Max-Age=\d{8}; HttpOnly; SameSite=Lax$/);
    const secure = devices.pair(requestFrom(undefined, {}, { encrypted: true }), 'tablet', described);
    expect(secure).toMatch(/^__Host-familiar-device=s[\w-]{32}; .*; HttpOnly; SameSite=Lax; Secure$/);
    const byProxy = requestFrom('127.0.0.1', { 'x-forwarded-for': '10.0.0.7', 'x-forwarded-proto': 'https' });
    expect(devices.pair(byProxy, 'tablet', described)).toMatch(/; Secure$/);
    // From elsewhere anybody may say so.
    const claimed = requestFrom(undefined, { 'x-forwarded-proto': 'https' });
    expect(devices.pair(claimed, 'tablet', described)).not.toMatch(/Secure/);
    // A secret that was sent in the open proves nothing over https, whatever it is called there.
    const renamed = sentBack(plain).replace('familiar', '__Host-familiar');
    expect(devices.isPaired(withCookie(plain, { encrypted: true }))).toBe(false);
    expect(devices.isPaired(withCookie(renamed, { encrypted: true }))).toBe(false);
    expect(devices.isPaired(withCookie(secure, { encrypted: true }))).toBe(true);
  });

  it('stay themselves when they are paired again, with a new secret', () => {
    const { devices } = devicesOf();
    const before = devices.pair(requestFrom(), 'tablet', described);
    const id = devices.idOf(withCookie(before)) as string;
    devices.rename(id, 'Foyer');
    const removed: string[] = [];
    devices.onRemoved((one) => removed.push(one));
    const asDisplay = devices.pair(withCookie(before), 'display', described);
    expect(devices.isPaired(withCookie(before))).toBe(false);
    expect(devices.admits(withCookie(asDisplay), 'tablet'), 'may do no less than before').toBe(true);
    const asCurator = devices.pair(withCookie(asDisplay), 'curator', described);
    expect(devices.list(() => false)).toMatchObject([{ id, name: 'Foyer', kind: 'curator' }]);
    expect(devices.idOf(withCookie(asCurator))).toBe(id);
    expect(removed).toEqual([]);
    // Moved to https, which takes nothing that was sent in the open.
    const secure = devices.pair(withCookie(asCurator, { encrypted: true }), 'tablet', described);
    expect(devices.list(() => false)).toHaveLength(1);
    expect(devices.idOf(withCookie(secure, { encrypted: true }))).toBe(id);
  });

  it('are listed with their kind, name and when they were last seen', () => {
    const { clock, devices, state } = devicesOf();
    const cookie = devices.pair(requestFrom(), 'display', described);
    const pairedAt = clock.now;
    const id = devices.idOf(withCookie(cookie)) as string;
    clock.now += 3 * day + 12_345;
    devices.seen(id, '192.168.1.99');
    const seenAt = pairedAt + 3 * day;
    const row = { id, kind: 'display', ...described, address: '192.168.1.99', pairedAt, seenAt, connected: true };
    expect(devices.list((one) => one === id)).toEqual([row]);
    expect(state.saved[0].seenAt).toBe(clock.now);
    const saves = state.saved;
    clock.now += 60_000;
    devices.seen(id, '192.168.1.99');
    expect(state.saved, 'not written at every sign of life').toBe(saves);
  });

  it('are a limited number: the one not seen for longest makes room', () => {
    const { clock, devices, state } = devicesOf();
    const cookies = Array.from({ length: deviceLimits.paired }, () => {
      clock.now += 1_000;
      return devices.pair(requestFrom(), 'tablet', described);
    });
    devices.seen(devices.idOf(withCookie(cookies[0])) as string, '192.168.1.77');
    const removed: string[] = [];
    devices.onRemoved((id) => removed.push(id));
    // Also where the clock was set back meanwhile.
    clock.now -= 10 * day;
    const late = devices.pair(requestFrom(), 'tablet', {
      name: 'x'.repeat(999),
      browser: 'y'.repeat(999),
      address: '',
    });
    expect(devices.list(() => false)).toHaveLength(deviceLimits.paired);
    expect(state.saved).toHaveLength(deviceLimits.paired);
    expect(removed).toHaveLength(1);
    expect(devices.isPaired(withCookie(cookies[0]))).toBe(true);
    expect(devices.isPaired(withCookie(cookies[1]))).toBe(false);
    expect(devices.isPaired(withCookie(late))).toBe(true);
    expect(state.saved.at(-1)?.name).toHaveLength(deviceLimits.name);
  });

  it('are none with any other cookie', () => {
    const { devices } = devicesOf();
    const right = sentBack(devices.pair(requestFrom(), 'tablet', described));
    const wrong = fc.oneof(
      fc.string(),
      fc.string().map((value) => `familiar-device=${value}`),
      fc.integer({ min: 0, max: right.length - 1 }).map((length) => right.slice(0, length)),
      fc.constant('familiar-tablet=of-an-earlier-version'),
    );
    fc.assert(
      fc.property(wrong, (cookie) => {
        expect(devices.isPaired(requestFrom('192.168.1.77', { cookie }))).toBe(false);
      }),
    );
  });
});
