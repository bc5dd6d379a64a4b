import { afterAll, describe, expect, it } from 'vitest';
import type { PerceptualNetwork } from '../../server/networks/perceptual.ts';
import { createComparer } from '../../server/projection/compare.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';

/** Looks at nothing but colours: its distance is that of the pixels' directions. */
const colours: PerceptualNetwork = {
  name: 'colours',
  features: (image) => [image],
  lin: [Float32Array.of(1, 1, 1)],
  epsilon: 'inside-root',
  minimumSize: 1,
};

const side = 4;
const grey = new Float32Array(3 * side * side).fill(0.5);
/** Red and green change places from column to column; two of them together are grey. */
const stripes = Float32Array.from(grey, (value, i) => {
  const [channel, column] = [Math.floor(i / (side * side)), i % side];
  if (channel === 2) return value;
  return (channel + column) % 2 === 0 ? 0.9 : 0.1;
});

describe('the comparer of pictures', async () => {
  const runtime = await startEngine('cpu');
  afterAll(() => runtime.dispose());

  it.each([
    { size: undefined, differs: true },
    { size: 4, differs: true },
    { size: 2, differs: false },
  ])('looks at no more than $size px', async ({ size, differs }) => {
    const comparer = await createComparer(runtime, colours, side, side, size);
    const distance = await comparer.distance(stripes, grey);
    if (differs) expect(distance).toBeGreaterThan(0.1);
    else expect(distance).toBeCloseTo(0, 5);
    expect(await comparer.distance(stripes, stripes)).toBeCloseTo(0, 5);
    await comparer.dispose();
  });
});
