import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PinGuard } from '../../server/control/pin-guard.ts';
import { Tablets } from '../../server/control/tablets.ts';
import { OwnHosts } from '../../server/protocol/hosts.ts';

const tabletsOf = (pin = '4711', secret = 'secret of one piece') =>
  new Tablets(secret, pin, new PinGuard(pin, () => {}), new OwnHosts(() => false));
const from = (remoteAddress: string, headers: Record<string, string> = {}, localAddress = '192.168.1.10') => ({
  socket: { remoteAddress, localAddress },
  headers: { host: 'localhost:8080', ...headers },
});
const keyOf = ({ cookie }: Tablets) => cookie.split(';')[0];

describe('a visitors’ tablet', () => {
  it('is every browser on the computer of the piece, but for those behind a proxy there', () => {
    const tablets = tabletsOf();
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '192.168.1.10']) {
      expect(tablets.admits(from(address)), address).toBe(true);
      expect(tablets.admits(from(address, { 'x-forwarded-for': '10.0.0.7' })), address).toBe(false);
      expect(tablets.admits(from(address, { forwarded: 'for=10.0.0.7' })), address).toBe(false);
    }
    expect(tablets.admits(from('192.168.1.77'))).toBe(false);
    expect(tablets.admits({ socket: {}, headers: {} })).toBe(false);
  });

  it('is known by what it was given for the PIN, also after a restart, and not after a change of the PIN', () => {
    const tablets = tabletsOf();
    const headers = { cookie: `theme=dark; ${keyOf(tablets)}; other=1` };
    expect(tablets.admits(from('192.168.1.77', headers))).toBe(true);
    expect(tabletsOf().admits(from('192.168.1.77', headers))).toBe(true);
    expect(tabletsOf('4712').admits(from('192.168.1.77', headers))).toBe(false);
    expect(tabletsOf('4711', 'of another piece').admits(from('192.168.1.77', headers))).toBe(false);
  });

  it('keeps it where no script and no other web page gets at it', () => {
    expect(tabletsOf().cookie).toMatch(/; Path=\/; Max-Age=\d{8}; HttpOnly; SameSite=Lax$/);
  });

  it('becomes one by the PIN alone', () => {
    const tablets = tabletsOf();
    expect(tablets.pair('4712', '192.168.1.77', 0)).toMatchObject({ ok: false });
    expect(tablets.pair('4711', '192.168.1.77', 1)).toEqual({ ok: true });
  });

  it('is nobody with any other cookie', () => {
    const tablets = tabletsOf();
    const right = keyOf(tablets);
    const wrong = fc.oneof(
      fc.string(),
      fc.string().map((value) => `familiar-tablet=${value}`),
      fc.integer({ min: 0, max: right.length - 1 }).map((length) => right.slice(0, length)),
    );
    fc.assert(
      fc.property(wrong, (cookie) => {
        expect(tablets.admits(from('192.168.1.77', { cookie }))).toBe(false);
      }),
    );
  });
});
