/**
 * The official projector's penalty on noise maps that carry a picture: at every scale down to 8 px, the squared
 * correlation of a map with itself shifted by one pixel, wrapping around.
 * Source: Karras et al. 2020, appendix D; NVlabs/stylegan2-ada-pytorch projector.py.
 *
 * map [size, size]; adds weight times the gradient to `gradient` and returns the penalty, not weighted.
 */
export function regulariseNoise(map: Float32Array, size: number, weight: number, gradient: Float32Array): number {
  const { penalty, slope } = penaltyOf(map, size);
  for (let i = 0; i < map.length; i++) gradient[i] += weight * slope[i];
  return penalty;
}

function penaltyOf(map: Float32Array, size: number): { penalty: number; slope: Float32Array } {
  const count = size * size;
  const slope = new Float32Array(count);
  let across = 0;
  let down = 0;
  for (let y = 0; y < size; y++) {
    const above = ((y + size - 1) % size) * size;
    for (let x = 0; x < size; x++) {
      const v = map[y * size + x];
      across += v * map[y * size + ((x + size - 1) % size)];
      down += v * map[above + x];
    }
  }
  across /= count;
  down /= count;
  for (let y = 0; y < size; y++) {
    const row = y * size;
    const above = ((y + size - 1) % size) * size;
    const below = ((y + 1) % size) * size;
    for (let x = 0; x < size; x++) {
      const beside = map[row + ((x + size - 1) % size)] + map[row + ((x + 1) % size)];
      slope[row + x] = (2 / count) * (across * beside + down * (map[above + x] + map[below + x]));
    }
  }
  let penalty = across ** 2 + down ** 2;
  if (size > 8) {
    const half = size / 2;
    const coarse = penaltyOf(halved(map, size), half);
    penalty += coarse.penalty;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) slope[y * size + x] += coarse.slope[(y >> 1) * half + (x >> 1)] / 4;
    }
  }
  return { penalty, slope };
}

/** 2x2 means. */
function halved(map: Float32Array, size: number): Float32Array {
  const half = size / 2;
  const out = new Float32Array(half * half);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const i = 2 * y * size + 2 * x;
      out[y * half + x] = (map[i] + map[i + 1] + map[i + size] + map[i + size + 1]) / 4;
    }
  }
  return out;
}

/** Shifts and scales a map, in place, to mean 0 and mean square 1: what the generator was trained with. */
export function renormalise(map: Float32Array): void {
  let mean = 0;
  for (const v of map) mean += v;
  mean /= map.length;
  let energy = 0;
  for (const v of map) energy += (v - mean) ** 2;
  const scale = 1 / Math.sqrt(energy / map.length || 1);
  for (let i = 0; i < map.length; i++) map[i] = (map[i] - mean) * scale;
}
