import { describe, expect, it } from 'vitest';
import { tensorsInMemory } from '../../server/bench/random-networks.ts';
import { nearCentre, readCentres } from '../../server/networks/centres.ts';

const stored = (shape: readonly number[], data: Float32Array, name = 'centres') =>
  tensorsInMemory(new Map([[name, { shape, data }]]));

describe('the centres of a pack', () => {
  it('are read one by one', () => {
    const centres = readCentres(stored([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)), 'centres.safetensors', 3);
    expect(centres.map((c) => [...c])).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it.each([
    ['of another network', stored([2, 4], new Float32Array(8))],
    ['with a NaN', stored([1, 3], Float32Array.of(1, Number.NaN, 3))],
    ['of another name', stored([1, 3], new Float32Array(3), 'ws')],
    ['none', stored([0, 3], new Float32Array(0))],
    ['too many', stored([4097, 3], new Float32Array(4097 * 3))],
  ])('are refused in one line that names the file: %s', (_, file) => {
    expect(() => readCentres(file, 'pack/centres.safetensors', 3)).toThrow(/^pack\/centres\.safetensors.*[^\n]$/);
  });

  it('give seeds that follow each other different faces, each the same every time', () => {
    const centres = [Float32Array.of(0, 0), Float32Array.of(10, 0), Float32Array.of(0, 10)];
    const at = (seed: number) => [...nearCentre(Float32Array.of(3, 5), Float32Array.of(1, 1), centres, seed, 0.5)];
    expect(at(0)).toEqual([1, 2]);
    expect(at(1)).toEqual([11, 2]);
    expect(at(2)).toEqual([1, 12]);
    expect(at(4)).toEqual(at(1));
  });
});
