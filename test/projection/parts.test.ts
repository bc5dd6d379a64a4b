import { describe, expect, it } from 'vitest';
import { regulariseNoise, renormalise } from '../../server/projection/noise-regularisation.ts';
import { adam, createOptimiser, lbfgs, type OptimiserName } from '../../server/projection/optimiser.ts';
import { RandomState } from '../../server/projection/random.ts';
import { rateAt, stepNoiseAt } from '../../server/projection/schedule.ts';

describe('RandomState', () => {
  it('is numpy’s', () => {
    // numpy.random.RandomState(123): random_sample(3), then randn(5) of a fresh one.
    const uniform = new RandomState(123);
    expect([uniform.uniform(), uniform.uniform(), uniform.uniform()]).toEqual([
      0.6964691855978616, 0.28613933495037946, 0.2268514535642031,
    ]);
    const normal = new RandomState(123);
    const expected = [
      -1.0856306033005612, 0.9973454465835858, 0.28297849805199204, -1.506294713918092, -0.5786002519685364,
    ];
    for (const x of expected) expect(normal.normal()).toBeCloseTo(x, 12);
  });
});

describe('schedules', () => {
  it('are the official projector’s', () => {
    const official = { rampUp: 0.05, rampDown: 0.25 };
    expect(rateAt(official, 0)).toBe(0);
    expect(rateAt(official, 0.025)).toBeCloseTo(0.5);
    expect(rateAt(official, 0.5)).toBe(1);
    expect(rateAt(official, 0.875)).toBeCloseTo(0.5);
    expect(rateAt(official, 1)).toBeCloseTo(0);
    expect(stepNoiseAt({ factor: 0.05, ramp: 0.75 }, 0)).toBe(0.05);
    expect(stepNoiseAt({ factor: 0.05, ramp: 0.75 }, 0.375)).toBeCloseTo(0.0125);
    expect(stepNoiseAt({ factor: 0.05, ramp: 0.75 }, 0.9)).toBe(0);
  });

  it('can be constant', () => {
    expect([0, 0.3, 1].map((t) => rateAt({ rampUp: 0, rampDown: 0 }, t))).toEqual([1, 1, 1]);
  });
});

describe('noise regularisation', () => {
  it.each([4, 8, 16, 32])('has the gradient of its penalty at %i px', (size) => {
    const random = new RandomState(size);
    const map = random.normals(size * size).map((v, i) => v + 0.5 * Math.sin(i / 3));
    const gradient = new Float32Array(map.length);
    regulariseNoise(map, size, 1, gradient);
    for (let k = 0; k < 12; k++) {
      const i = Math.floor(random.uniform() * map.length);
      const at = (d: number) => {
        const moved = map.slice();
        moved[i] += d;
        return regulariseNoise(moved, size, 0, new Float32Array(map.length));
      };
      expect(gradient[i]).toBeCloseTo((at(0.01) - at(-0.01)) / 0.02, 4);
    }
  });

  it('punishes a picture far more than noise', () => {
    const noise = new RandomState(1).normals(64 * 64);
    const picture = noise.map((_, i) => Math.SQRT2 * Math.sin((i % 64) / 5));
    const penalty = (map: Float32Array) => regulariseNoise(map, 64, 0, new Float32Array(map.length));
    expect(penalty(picture)).toBeGreaterThan(100 * penalty(noise));
  });

  it('renormalises to mean 0 and mean square 1', () => {
    const map = new RandomState(2).normals(256).map((v) => 3 * v + 7);
    renormalise(map);
    expect(map.reduce((a, b) => a + b, 0) / 256).toBeCloseTo(0, 5);
    expect(map.reduce((a, b) => a + b * b, 0) / 256).toBeCloseTo(1, 5);
    const flat = new Float32Array(16).fill(3);
    renormalise(flat);
    expect(flat).toEqual(new Float32Array(16));
  });
});

describe('optimisers', () => {
  /** An ill-conditioned bowl with its bottom at 1, 2, 3, ... */
  const slope = (x: Float32Array) => x.map((v, i) => (v - i - 1) * (1 + 9 * i));
  const distance = (x: Float32Array) => Math.sqrt(x.reduce((s, v, i) => s + (v - i - 1) ** 2, 0));

  it.each<[OptimiserName, number]>([
    ['adam', 0.2],
    ['lbfgs', 1],
    ['gradient-descent', 0.03],
  ])('%s finds the bottom of a bowl', (name, rate) => {
    const x = new Float32Array(5);
    const optimiser = createOptimiser(name, x.length, { beta1: 0.9, beta2: 0.999 });
    for (let i = 0; i < 300; i++) optimiser.step(x, slope(x), rate);
    expect(distance(x)).toBeLessThan(0.02);
  });

  it('L-BFGS is far faster than gradient descent where the bowl is narrow', () => {
    const [a, b] = [new Float32Array(5), new Float32Array(5)];
    const [fast, slow] = [lbfgs(), createOptimiser('gradient-descent', 5, { beta1: 0, beta2: 0 })];
    for (let i = 0; i < 25; i++) {
      fast.step(a, slope(a), 1);
      slow.step(b, slope(b), 0.03);
    }
    expect(distance(a)).toBeLessThan(0.05 * distance(b));
  });

  it('Adam’s first step is the rate, whatever the size of the gradient', () => {
    const x = new Float32Array(3);
    adam(3, { beta1: 0.9, beta2: 0.999 }).step(x, Float32Array.of(1e-3, -5, 1e4), 0.1);
    [-0.1, 0.1, -0.1].forEach((v, i) => {
      expect(x[i]).toBeCloseTo(v, 4);
    });
  });
});
