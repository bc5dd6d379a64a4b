import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ackBytes,
  decodeAck,
  decodeFrame,
  encodeAck,
  encodeFrame,
  encodings,
  type FrameHeader,
  frameHeaderBytes,
  frameKinds,
  frameLimits,
  frameQuery,
  frameSizes,
  parseFrameQuery,
} from '../../server/protocol/frame.ts';
import { stateNames } from '../../server/protocol/states.ts';

const header: FrameHeader = {
  sequence: 7,
  capturedAt: 1_700_000_000_123.5,
  encoding: 'jpeg',
  kind: 'face',
  width: 512,
  height: 512,
  state: 'becoming',
  blend: 66,
  visitor: 12,
  likeness: 0.5,
};

const headers: fc.Arbitrary<FrameHeader> = fc.record({
  sequence: fc.nat(0xffff_ffff),
  capturedAt: fc.double({ min: 0, max: 1e15, noNaN: true }),
  encoding: fc.constantFrom(...encodings.filter((name) => name !== 'rgb')),
  kind: fc.constantFrom(...frameKinds),
  width: fc.integer({ min: 1, max: frameLimits.side }),
  height: fc.integer({ min: 1, max: frameLimits.side }),
  state: fc.constantFrom(...stateNames),
  blend: fc.nat(0xffff),
  visitor: fc.nat(0xffff_ffff),
  likeness: fc.option(fc.float({ min: 0, max: 1, noNaN: true })),
});

describe('frames', () => {
  it('come back as they were sent', () => {
    fc.assert(
      fc.property(headers, fc.uint8Array({ minLength: 1, maxLength: 300 }), (sent, payload) => {
        const decoded = decodeFrame(encodeFrame(sent, payload));
        expect(decoded).toEqual({ ok: true, value: { header: { ...sent, capturedAt: sent.capturedAt + 0 }, payload } });
      }),
    );
  });

  it('are read where they lie inside a larger buffer', () => {
    const encoded = encodeFrame(header, Uint8Array.of(1, 2, 3));
    const padded = new Uint8Array(encoded.length + 11);
    padded.set(encoded, 5);
    const decoded = decodeFrame(padded.subarray(5, 5 + encoded.length));
    expect(decoded.ok && [...decoded.value.payload]).toEqual([1, 2, 3]);
  });

  it('never throw on garbage, and never decode to something that cannot be encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decodeFrame(bytes).ok).toBe(false);
      }),
    );
    // Bytes of a valid frame changed one by one: either refused or a frame that could have been sent.
    const good = encodeFrame(header, Uint8Array.of(1, 2, 3, 4));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const bad = good.slice();
        bad[at] = byte;
        const decoded = decodeFrame(bad);
        if (decoded.ok) expect(encodeFrame(decoded.value.header, decoded.value.payload)).toEqual(bad);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are refused at every length but their own', () => {
    const good = encodeFrame(header, new Uint8Array(20));
    for (let length = 0; length < good.length; length++) expect(decodeFrame(good.slice(0, length)).ok).toBe(false);
    const longer = new Uint8Array(good.length + 1);
    longer.set(good);
    expect(decodeFrame(longer).ok).toBe(false);
  });

  it('say that a page of another version must reload', () => {
    const other = encodeFrame(header, new Uint8Array(4));
    other[2] = 9;
    expect(decodeFrame(other)).toMatchObject({ ok: false, code: 'version' });
  });

  it('are not written with fields that could not be read', () => {
    const bad: Partial<FrameHeader>[] = [
      { width: 0 },
      { height: frameLimits.side + 1 },
      { width: 1.5 },
      { sequence: -1 },
      { likeness: 1.01 },
      { likeness: Number.NaN },
      { capturedAt: Number.POSITIVE_INFINITY },
      { blend: 70_000 },
      { encoding: 'rgb' },
    ];
    for (const part of bad) expect(() => encodeFrame({ ...header, ...part }, new Uint8Array(4))).toThrow(RangeError);
    expect(() => encodeFrame(header, new Uint8Array(0))).toThrow(RangeError);
    expect(encodeFrame({ ...header, encoding: 'rgb', width: 2, height: 1 }, new Uint8Array(6))).toHaveLength(
      frameHeaderBytes + 6,
    );
  });
});

describe('acknowledgements', () => {
  it('come back as they were sent', () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), (sequence) => {
        expect(decodeAck(encodeAck(sequence))).toEqual({ ok: true, value: sequence });
      }),
    );
  });

  it('never throw on garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2 * ackBytes }), (bytes) => {
        expect(decodeAck(bytes).ok).toBe(false);
      }),
    );
  });
});

describe('the request for frames', () => {
  it('comes back as it was sent', () => {
    for (const size of frameSizes) {
      for (const format of encodings) {
        expect(parseFrameQuery(new URLSearchParams(frameQuery({ size, format })))).toEqual({
          ok: true,
          value: { size, format },
        });
      }
    }
  });

  it('has defaults, and refuses what is not offered', () => {
    expect(parseFrameQuery(new URLSearchParams(''))).toEqual({ ok: true, value: { size: 512, format: 'jpeg' } });
    // Who asks for no format gets the installation's.
    expect(parseFrameQuery(new URLSearchParams(frameQuery({ size: 256 })), 'webp')).toEqual({
      ok: true,
      value: { size: 256, format: 'webp' },
    });
    expect(parseFrameQuery(new URLSearchParams('size=511')).ok).toBe(false);
    expect(parseFrameQuery(new URLSearchParams('size=1e9')).ok).toBe(false);
    expect(parseFrameQuery(new URLSearchParams('format=gif')).ok).toBe(false);
    expect(parseFrameQuery(new URLSearchParams('v=2'))).toMatchObject({ ok: false, code: 'version' });
  });
});
