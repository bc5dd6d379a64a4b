import { DataTexture, LinearFilter, RepeatWrapping, RGBAFormat, UnsignedByteType } from 'three';

export const noiseSide = 256;

/**
 * Noise that repeats after 256 px, [256, 256, 4], 0..255: red and green are grains near to a bell curve, blue is soft with
 * hills of 4 px, alpha of 2 px. The same each time. Pure.
 */
export function noisePixels(): Uint8Array {
  const random = seeded(0x5eed);
  const white = () => Float32Array.from({ length: noiseSide * noiseSide }, random);
  const bell = [white(), white(), white(), white(), white(), white()];
  const [soft4, soft2] = [smooth(white(), 4), smooth(white(), 2)];
  const pixels = new Uint8Array(noiseSide * noiseSide * 4);
  for (let i = 0; i < noiseSide * noiseSide; i++) {
    pixels[4 * i] = (255 * (bell[0][i] + bell[1][i] + bell[2][i])) / 3;
    pixels[4 * i + 1] = (255 * (bell[3][i] + bell[4][i] + bell[5][i])) / 3;
    pixels[4 * i + 2] = 255 * soft4[i];
    pixels[4 * i + 3] = 255 * soft2[i];
  }
  return pixels;
}

/** A hash is slow where a GPU is small; a look-up never is. */
export function noiseTexture(): DataTexture {
  const texture = new DataTexture(noisePixels(), noiseSide, noiseSide, RGBAFormat, UnsignedByteType);
  texture.wrapS = RepeatWrapping;
  texture.wrapT = RepeatWrapping;
  texture.minFilter = LinearFilter;
  texture.magFilter = LinearFilter;
  texture.needsUpdate = true;
  return texture;
}

/** Every `step`-th value joined by smooth curves, round the edges too. */
function smooth(values: Float32Array, step: number): Float32Array {
  const lattice = noiseSide / step;
  const at = (x: number, y: number) => values[(y % lattice) * noiseSide + (x % lattice)];
  const ease = (t: number) => t * t * (3 - 2 * t);
  return Float32Array.from({ length: values.length }, (_, i) => {
    const [x, y] = [(i % noiseSide) / step, Math.floor(i / noiseSide) / step];
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [ease(x - column), ease(y - row)];
    const top = at(column, row) * (1 - u) + at(column + 1, row) * u;
    const bottom = at(column, row + 1) * (1 - u) + at(column + 1, row + 1) * u;
    return top * (1 - v) + bottom * v;
  });
}

/** Random numbers 0..1 by xorshift32 (G. Marsaglia, 2003). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
