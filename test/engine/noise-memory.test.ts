import { expect, it } from 'vitest';
import { NoiseMemory } from '../../server/engine/noise-memory.ts';

const noiseOf = (value: number) => new Uint16Array(50).fill(value);

it('remembers the noise of steps in bounded room, spread over the whole, and always the newest', () => {
  const memory = new NoiseMemory(1_000);
  expect(memory.at(0)).toBeNull();
  for (let step = 0; step < 1_000; step += 10) {
    memory.add(step, noiseOf(step));
    expect(memory.at(step)).toEqual(noiseOf(step));
    expect(memory.at(step + 5)?.[0]).toBe(step);
  }
  const kept = new Set(Array.from({ length: 1_000 }, (_, step) => memory.at(step)?.[0]));
  expect(kept.size).toBeGreaterThan(3);
  expect(kept.size).toBeLessThanOrEqual(11);
  const steps = [...kept].map(Number);
  for (const [i, step] of steps.entries()) expect(step - (steps[i - 1] ?? 0)).toBeLessThanOrEqual(200);
});

it('forgets all but the newest where the face before is deleted', () => {
  const memory = new NoiseMemory();
  for (let step = 0; step < 5; step++) memory.add(step, noiseOf(step));
  memory.forgetStart();
  expect([0, 4].map((step) => memory.at(step)?.[0])).toEqual([4, 4]);
});
