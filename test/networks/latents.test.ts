import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFacePack } from '../../server/networks/face-pack.ts';
import { addDirection, setStart } from '../../server/networks/import/add-to-pack.ts';
import { readLatent } from '../../server/networks/import/latents.ts';
import { defaultPack } from '../../server/paths.ts';
import { openWeights } from '../../server/weights/open-weights.ts';
import { npy } from '../weights/npy-writer.ts';
import { scratchFolder } from '../weights/scratch.ts';
import { torchZip } from '../weights/torch-writer.ts';
import { zip } from '../weights/zip-writer.ts';

const scratch = scratchFolder();
const numbers = (count: number) => Float32Array.from({ length: count }, (_, i) => i + 1);

const torch = (shape: readonly number[], data: Float32Array): Buffer =>
  torchZip((tensor) => tensor({ storage: { type: 'FloatStorage', data }, shape }));

const components = (name: string): Buffer =>
  torchZip(
    (tensor) => new Map([[name, tensor({ storage: { type: 'FloatStorage', data: numbers(12) }, shape: [3, 1, 4] })]]),
  );

const sizes = { numWs: 3, wDim: 4 };
let count = 0;
function read(bytes: Uint8Array, component?: number): number[] {
  const opened = openWeights(scratch.file(`${count++}.bin`, bytes));
  try {
    return [...readLatent(opened, sizes, component)];
  } finally {
    opened.close();
  }
}
const whole = [...numbers(12)];
const repeated = [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4];

describe('latents and directions of public code', () => {
  it.each([
    ['Puzer, one latent a layer', npy([3, 4], numbers(12)), whole],
    ['InterFaceGAN, one for all layers', npy([1, 4], numbers(4)), repeated],
    ["a projector's .npz", zip({ 'w.npy': npy([1, 3, 4], numbers(12)) }), whole],
    ['PTI', torch([1, 3, 4], numbers(12)), whole],
    ['e4e, one for all layers', torch([1, 4], numbers(4)), repeated],
  ])('%s', (_, bytes, expected) => {
    expect(read(bytes)).toEqual(expected);
  });

  it("takes the latent of this program's own files, whose small noise maps are of its size", () => {
    const arrays = { 'noise.0.npy': npy([2, 2], numbers(4)), 'wplus.npy': npy([1, 3, 4], numbers(12)) };
    expect(read(zip(arrays))).toEqual(whole);
  });

  it('takes a row of a table of components', () => {
    const row = [5, 6, 7, 8];
    expect(read(components('comp'), 1)).toEqual([...row, ...row, ...row]);
    expect(read(components('lat_comp'), 0)).toEqual(repeated);
    expect(() => read(components('comp'), 3)).toThrow('there is no component 3');
  });

  it('does not take the mean face of a table for a direction', () => {
    const table = torchZip((tensor) => {
      const of = (data: Float32Array, shape: readonly number[]) =>
        tensor({ storage: { type: 'FloatStorage', data }, shape });
      return new Map([
        ['comp', of(numbers(12), [3, 1, 4])],
        ['mean', of(numbers(4), [1, 1, 4])],
      ]);
    });
    expect(() => read(table)).toThrow(/--component 0 is the first/);
  });

  it('makes a component as long as its standard deviation, where the table tells it', () => {
    const numbersOf = (data: Float32Array, shape: readonly number[]) => ({
      storage: { type: 'FloatStorage', data },
      shape,
    });
    for (const [name, deviations] of [
      ['comp', 'std'],
      ['lat_comp', 'lat_stdev'],
    ]) {
      const table = torchZip(
        (tensor) =>
          new Map([
            [name, tensor(numbersOf(numbers(12), [3, 1, 4]))],
            [deviations, tensor(numbersOf(Float32Array.of(1, 0.5, 2), [3]))],
          ]),
      );
      expect(read(table, 1).slice(0, 4)).toEqual([2.5, 3, 3.5, 4]);
    }
  });

  it.each([
    ['of another network', npy([18, 512], numbers(18 * 512)), /needs 4 or 3 x 4 numbers/],
    ['of zeros', npy([4], new Float32Array(4)), /all zeros/],
    ['of no numbers', npy([4], Float32Array.of(1, Number.NaN, 0, 0)), /not of numbers/],
  ])('refuses a latent %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
  });
});

describe('adding to a pack', () => {
  it('adds directions one by one, and a face to start from', async () => {
    const pack = join(scratch.folder, 'pack');
    cpSync(defaultPack, pack, { recursive: true });
    const { generator } = loadFacePack(pack);
    const { numWs, wDim } = generator;
    const one = scratch.file('age.npy', npy([1, wDim], numbers(wDim)));
    const all = scratch.file('pose.npy', npy([numWs, wDim], numbers(numWs * wDim)));
    await addDirection(one, { pack, name: 'age', replace: false });
    await addDirection(all, { pack, name: 'pose', replace: false });
    await setStart(all, { pack, replace: false });
    const { directions, start } = loadFacePack(pack);
    expect([...directions.keys()]).toEqual(['age', 'pose']);
    expect(directions.get('age')?.slice(wDim, wDim + 3)).toEqual(Float32Array.of(1, 2, 3));
    expect(directions.get('pose')).toEqual(numbers(numWs * wDim));
    expect(start).toEqual(numbers(numWs * wDim));
    // Comments are the curator's.
    expect(readFileSync(join(pack, 'pack.yaml'), 'utf8')).toMatch(/^# A face pack/);

    await expect(addDirection(all, { pack, name: 'age', replace: false })).rejects.toMatchObject({
      code: 'DIRECTION_EXISTS',
    });
    await expect(setStart(one, { pack, replace: false })).rejects.toMatchObject({ code: 'START_EXISTS' });
    await addDirection(all, { pack, name: 'age', replace: true });
    expect(loadFacePack(pack).directions.get('age')).toEqual(numbers(numWs * wDim));
  });
});
