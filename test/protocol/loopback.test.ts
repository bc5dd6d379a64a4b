import { describe, expect, it } from 'vitest';
import { senderOf } from '../../server/protocol/loopback.ts';

const from = (remoteAddress: string | undefined, named?: string) => ({
  socket: { remoteAddress, localAddress: '192.168.1.10' },
  headers: named === undefined ? {} : { 'x-forwarded-for': named },
});

describe('who sends a request', () => {
  it.each([
    ['10.0.0.7', '10.0.0.7'],
    ['1.2.3.4, 5.6.7.8,10.0.0.7', '10.0.0.7'],
    ['10.0.0.7:51234', '10.0.0.7'],
    ['fd00::7', 'fd00::7'],
    ['[fd00::7]:51234', 'fd00::7'],
    ['10.0.0.7, nonsense\n', '127.0.0.1'],
    ['', '127.0.0.1'],
    [undefined, '127.0.0.1'],
  ])('behind a proxy on this computer that names %j is %s', (named, sender) => {
    expect(senderOf(from('127.0.0.1', named))).toBe(sender);
  });

  it('is the same for a proxy that reaches this computer by its address on the network', () => {
    expect(senderOf(from('192.168.1.10', '10.0.0.7'))).toBe('10.0.0.7');
  });

  it('is nobody else where the sender itself says so from elsewhere', () => {
    expect(senderOf(from('192.168.1.77', '10.0.0.7'))).toBe('192.168.1.77');
    expect(senderOf(from(undefined, '10.0.0.7'))).toBe('');
  });

  it.each([
    ['::ffff:192.168.1.77', '192.168.1.77'],
    ['::FFFF:192.168.1.77', '192.168.1.77'],
    ['::ffff:c0a8:14d', '::ffff:c0a8:14d'],
    ['fd00::7', 'fd00::7'],
  ])('at %s, as a socket of both families says it, is %s', (address, sender) => {
    expect(senderOf(from(address))).toBe(sender);
    expect(senderOf(from('127.0.0.1', address))).toBe(sender);
  });
});
