import { add, clip, concat, constant, div, matMul, mul, reshape, sin, slice, sqrt, square, sub } from '../graph/ops.ts';
import type { Value } from '../graph/value.ts';
import { dense } from './layers.ts';
import type { InputPlan } from './stylegan3-plan.ts';
import type { WeightReader } from './weight-reader.ts';

/**
 * StyleGAN3's input: waves of many directions and lengths, turned and moved by the latent (and by the stored
 * transform), then mixed. w [N, wDim] -> [N, channels, size, size].
 */
export function fourierInput(
  weights: WeightReader,
  plan: InputPlan,
  wDim: number,
): { channels: number; run(w: Value): Value } {
  const { size, samplingRate, bandwidth } = plan;
  const [channels] = weights.shape('freqs');
  const freqs = weights.read('freqs', [channels, 2]);
  const fx = constant(
    freqs.filter((_, i) => i % 2 === 0),
    [1, channels],
  );
  const fy = constant(
    freqs.filter((_, i) => i % 2 === 1),
    [1, channels],
  );
  const phases = constant(weights.read('phases', [channels]), [1, channels]);
  const user = weights.read('transform', [3, 3]);
  const affine = dense(weights.at('affine'), { inputs: wDim, outputs: 4 });
  const mix = constant(
    weights.read('weight', [channels, channels]).map((x) => x / Math.sqrt(channels)),
    [1, channels, channels],
  );
  const grid = constant(pixelGrid(size, samplingRate), [1, 2, size * size]);

  const run = (w: Value): Value => {
    const n = w.shape[0];
    const raw = affine(w);
    const length = sqrt(add(square(slice(raw, 1, 0, 1)), square(slice(raw, 1, 1, 2))));
    const [c, s, tx, ty] = [0, 1, 2, 3].map((i) => div(slice(raw, 1, i, i + 1), length));
    // Rotation times translation: the upper two rows.
    const rows = [
      [c, mul(s, -1), sub(mul(s, ty), mul(c, tx))],
      [s, c, mul(add(mul(s, tx), mul(c, ty)), -1)],
    ];
    const entry = (row: number, column: number): Value =>
      rows[row].map((value, k) => mul(value, user[3 * k + column])).reduce((a, b) => add(a, b));
    const column = (j: number): Value => add(mul(fx, entry(0, j)), mul(fy, entry(1, j)));
    const [x, y] = [column(0), column(1)];
    const phase = add(phases, column(2));
    const norm = sqrt(add(square(x), square(y)));
    const amplitude = clip(sub(1, mul(sub(norm, bandwidth), 1 / (samplingRate / 2 - bandwidth))), 0, 1);
    const waves = concat([reshape(x, [n, channels, 1]), reshape(y, [n, channels, 1])], 2);
    const angle = add(matMul(waves, grid), reshape(phase, [n, channels, 1]));
    const signal = mul(sin(mul(angle, 2 * Math.PI)), reshape(amplitude, [n, channels, 1]));
    return reshape(matMul(mix, signal), [n, channels, size, size]);
  };
  return { channels, run };
}

/** x and y of every pixel's centre, [2, size * size], in units of the picture's sides. */
function pixelGrid(size: number, samplingRate: number): Float32Array {
  const at = (i: number) => (((2 * i + 1) / size - 1) * 0.5 * size) / samplingRate;
  const out = new Float32Array(2 * size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      out[y * size + x] = at(x);
      out[size * size + y * size + x] = at(y);
    }
  }
  return out;
}
