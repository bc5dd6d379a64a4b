import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bfloatToFloat, floatToHalf, halfToFloat } from '../../server/weights/f16.ts';

const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
const isNaNBits = (bits: number): boolean => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;

describe('half precision', () => {
  it('reads every finite bit pattern by the definition of IEEE 754', () => {
    const values = halfToFloat(all);
    for (const bits of all) {
      const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
      if (exponent === 31) continue;
      const size = exponent === 0 ? 2 ** -14 * (fraction / 1024) : 2 ** (exponent - 15) * (1 + fraction / 1024);
      if (values[bits] !== (bits >> 15 ? -size : size)) expect.fail(`bits ${bits} became ${values[bits]}`);
    }
    expect([0x7c00, 0xfc00, 0x7e00, 0x3c00, 0x8000, 1].map((bits) => values[bits])).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      1,
      -0,
      2 ** -24,
    ]);
  });

  it('writes every bit pattern as it was read', () => {
    const again = floatToHalf(halfToFloat(all));
    for (const bits of all) if (!isNaNBits(bits) && again[bits] !== bits) expect.fail(`${bits} became ${again[bits]}`);
    expect(isNaNBits(floatToHalf(Float32Array.of(Number.NaN))[0]!)).toBe(true);
  });

  it('rounds to the nearest value, ties to even', () => {
    const exact = halfToFloat(all);
    const finite = [...all].filter((bits) => bits < 0x7c00);
    fc.assert(
      fc.property(fc.float({ min: 0, max: 65504, noNaN: true }), (value) => {
        const [bits] = floatToHalf(Float32Array.of(value)) as unknown as [number];
        const error = Math.abs(exact[bits]! - value);
        for (const other of [bits - 1, bits + 1]) {
          if (!finite.includes(other)) continue;
          const otherError = Math.abs(exact[other]! - value);
          expect(error < otherError || (error === otherError && bits % 2 === 0)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
    const limits = Float32Array.of(65519.996, 65520, 2 ** -25, 2 ** -25 * 1.0001, -(2 ** -24), 1e-30, 1e30);
    expect([...floatToHalf(limits)]).toEqual([0x7bff, 0x7c00, 0, 1, 0x8001, 0, 0x7c00]);
  });
});

describe('bfloat16', () => {
  it('is the upper half of a float32', () => {
    const bits = Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x0001, 0x4049);
    expect([...bfloatToFloat(bits)]).toEqual([1, -2, Number.POSITIVE_INFINITY, 2 ** -133, 3.140625]);
  });
});
