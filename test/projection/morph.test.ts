import { describe, expect, it } from 'vitest';
import type { Latent } from '../../server/projection/latent.ts';
import { type MorphTiming, morph } from '../../server/projection/morph.ts';
import { RandomState } from '../../server/projection/random.ts';

const [numWs, wDim, side] = [4, 16, 64];
const timing: MorphTiming = { noise: 0.3, layers: 0.6, even: 0.25 };

function face(seed: number): Latent {
  const random = new RandomState(seed);
  return { ws: random.normals(numWs * wDim), noise: [random.normals(side * side)] };
}

const [from, to] = [face(1), face(2)];
const rest = face(3).noise;
const at = (t: number, changes: Partial<MorphTiming> = {}) => morph(from, to, rest, wDim, { ...timing, ...changes }, t);
const rms = (v: Float32Array) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0) / v.length);
const distance = (a: Float32Array, b: Float32Array) => rms(a.map((v, i) => v - b[i]));

describe('a morph', () => {
  it('begins and ends with the faces themselves', () => {
    expect(at(0)).toBe(from);
    expect(at(1)).toBe(to);
    expect(distance(at(1e-6).ws, from.ws)).toBeLessThan(1e-4);
    expect(distance(at(1 - 1e-6).ws, to.ws)).toBeLessThan(1e-4);
    expect(distance(at(1e-6).noise[0], from.noise[0])).toBeLessThan(1e-4);
    expect(distance(at(1 - 1e-6).noise[0], to.noise[0])).toBeLessThan(1e-4);
  });

  it('draws its middle with the noise maps of the pack, and never with both faces at once', () => {
    expect(distance(at(0.5).noise[0], rest[0])).toBeLessThan(1e-6);
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i], 0) / a.length;
    for (let t = 0.05; t < 1; t += 0.05) {
      const [map] = at(t).noise;
      expect(Math.min(Math.abs(dot(map, from.noise[0])), Math.abs(dot(map, to.noise[0])))).toBeLessThan(0.1);
    }
  });

  it('keeps noise maps as strong as they are', () => {
    for (let t = 0; t <= 1; t += 0.05) expect(Math.abs(rms(at(t).noise[0]) - 1)).toBeLessThan(0.06);
  });

  it('is a straight walk of the latents where all of them move evenly', () => {
    for (const t of [0.2, 0.5, 0.9]) {
      const straight = from.ws.map((v, i) => v + t * (to.ws[i] - v));
      expect(distance(at(t, { even: 1 }).ws, straight)).toBeLessThan(1e-6);
    }
  });

  it('passes through W, one latent for all layers, where none of what they add moves evenly', () => {
    const { ws } = at(0.5, { even: 0, layers: 0.5 });
    for (let layer = 1; layer < numWs; layer++) {
      expect(distance(ws.slice(0, wDim), ws.slice(layer * wDim, (layer + 1) * wDim))).toBeLessThan(1e-6);
    }
  });

  it('never leaps', () => {
    const whole = distance(from.ws, to.ws);
    for (let t = 0; t < 1; t += 0.01) expect(distance(at(t).ws, at(t + 0.01).ws)).toBeLessThan(0.04 * whole);
  });
});
