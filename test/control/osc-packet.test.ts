import fc from 'fast-check';
import osc from 'osc-js';
import { describe, expect, it } from 'vitest';
import { oscLimits, readPacket, readTimeTag, writeMessage } from '../../server/control/osc/packet.ts';
import { isPattern, matches } from '../../server/control/osc/pattern.ts';

const messages = (packet: Uint8Array) => readPacket(packet)?.messages ?? [];

/** A bundle by hand, as the specification has it. */
function bundle(seconds: number, ...elements: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.alloc(16);
  head.write('#bundle\0', 'latin1');
  head.writeUInt32BE(seconds, 8);
  const parts = elements.flatMap((element) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(element.byteLength);
    return [size, element];
  });
  return Buffer.concat([head, ...parts]);
}

describe('OSC packets', () => {
  it('are read as they were written', () => {
    const packet = writeMessage('/familiar/x', [0.1, 'grüße', true, { integer: -7 }]);
    expect(messages(packet)).toEqual([{ address: '/familiar/x', values: [0.1, 'grüße', 1, -7], at: null }]);
    expect(messages(writeMessage('/a', []))).toEqual([{ address: '/a', values: [], at: null }]);
  });

  it('of all simple types are understood', () => {
    const typed = (osc as unknown as { TypedMessage: new (address: string, args: object[]) => { pack(): Uint8Array } })
      .TypedMessage;
    const packet = new typed('/a', [
      { type: 'i', value: 3 },
      { type: 'h', value: 4n },
      { type: 'd', value: 0.1 },
      { type: 'T', value: null },
      { type: 'F', value: null },
      { type: 'N', value: null },
    ]).pack();
    expect(messages(packet)).toMatchObject([{ values: [3, 4, 0.1, true, false, null] }]);
  });

  it('in bundles inside bundles are all found, with their times', () => {
    const message = (name: string) => writeMessage(`/${name}`, [1]);
    const inner = bundle(3_913_000_001, message('b'), message('c'));
    const packet = bundle(0, message('a'), inner, message('d'));
    expect(messages(packet)).toEqual([
      { address: '/a', values: [1], at: null },
      { address: '/b', values: [1], at: 1_704_011_201_000 },
      { address: '/c', values: [1], at: 1_704_011_201_000 },
      { address: '/d', values: [1], at: null },
    ]);
    expect(readTimeTag(3_913_000_001, 2 ** 31)).toBe(1_704_011_201_500);
    expect(readTimeTag(0, 1)).toBeNull();
  });

  it('that are garbage give nothing and throw nothing', () => {
    const good = writeMessage('/familiar/pace', [30]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        readPacket(bytes);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const bad = good.slice();
        bad[at] = byte;
        readPacket(bad);
      }),
      { numRuns: 500 },
    );
    for (const bytes of [[], [0, 0, 0, 0], [...Buffer.from('#bundle')], [...Buffer.from('familiar/pace\0\0\0,f\0\0')]])
      expect(readPacket(Uint8Array.from(bytes))).toBeNull();
    // Cut anywhere, it never sets a value that was not sent.
    for (let length = 0; length < good.length; length++)
      expect(messages(good.slice(0, length)).flatMap(({ values }) => values)).toEqual([]);
    for (const types of [',b', ',z', ',iiii', ',__proto__']) {
      const packet = Buffer.concat([Buffer.from('/a\0\0'), Buffer.from(types.padEnd(12, '\0')), Buffer.alloc(4)]);
      expect(readPacket(packet), types).toEqual({
        messages: [],
        unread: [
          { address: '/a', problem: expect.stringMatching(/^(Type .* is not understood here|The message ends)/) },
        ],
      });
    }
  });

  it('that are bombs are refused', () => {
    let nested = writeMessage('/a', []);
    for (let i = 0; i < 10; i++) nested = bundle(0, nested);
    expect(readPacket(nested)).toBeNull();
    expect(readPacket(bundle(0, ...Array.from({ length: 300 }, () => writeMessage('/a', []))))).toBeNull();
    expect(readPacket(new Uint8Array(oscLimits.packet + 4))).toBeNull();
    expect(readPacket(writeMessage(`/${'a'.repeat(300)}`, []))).toBeNull();
    const unread = Buffer.from('/a\0\0,b\0\0\0\0\0\0');
    expect(readPacket(bundle(0, ...Array.from({ length: 300 }, () => unread)))).toBeNull();
    const lying = Buffer.from(bundle(0, writeMessage('/a', [])));
    lying.writeUInt32BE(0xffff_fff0, 16);
    expect(readPacket(lying)).toBeNull();
  });
});

describe('address patterns', () => {
  it('follow the specification', () => {
    expect(matches('/familiar/look*', '/familiar/look')).toBe(true);
    expect(matches('/familiar/*', '/familiar/look/amount')).toBe(false);
    expect(matches('/familiar/*/*', '/familiar/look/amount')).toBe(true);
    expect(matches('/fam?liar/[a-p]ace', '/familiar/pace')).toBe(true);
    expect(matches('/familiar/[!a-p]ace', '/familiar/pace')).toBe(false);
    expect(matches('/familiar/{hold,pace}', '/familiar/pace')).toBe(true);
    expect(matches('/familiar/{hold,pa}', '/familiar/pace')).toBe(false);
    expect(matches('/familiar/[', '/familiar/[')).toBe(false);
    expect(isPattern('/familiar/pace')).toBe(false);
  });

  it('never take for ever', () => {
    const start = performance.now();
    matches(`/${'*a'.repeat(90)}`, `/${'a'.repeat(180)}b`);
    matches(`/${'{a,aa,aaa}'.repeat(18)}`, `/${'a'.repeat(180)}b`);
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
