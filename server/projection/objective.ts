import { gradients } from '../graph/gradients.ts';
import type { Graph } from '../graph/graph.ts';
import { abs, add, averagePool, input, meanAll, mul, square, sub } from '../graph/ops.ts';
import type { Shape, Value } from '../graph/value.ts';
import type { Generator } from '../networks/generator.ts';
import { atMost, type PerceptualNetwork, perceptualDistance, targetFeatures } from '../networks/perceptual.ts';
import type { ProjectionSettings } from './settings.ts';

/** Networks that the loss looks through; `lpips` is absent where the pack brings none. */
export interface LossNetworks {
  readonly perceptual: PerceptualNetwork;
  readonly lpips?: PerceptualNetwork;
}

export interface Objective {
  /** `target` [1, 3, R, R] -> everything of the target that `step` is fed with. */
  readonly target: Graph;
  /**
   * `ws` [1, numWs, wDim], `noise.<i>` [1, 1, size, size] and the target's values ->
   * `image`, `loss`, `perceptual`, `mse`, `grad.ws` and, where noise is optimised, `grad.noise.<i>`.
   */
  readonly step: Graph;
  /** The same inputs -> `image`, `loss`, `perceptual` and `mse`, without gradients. */
  readonly view: Graph;
}

const PYRAMID_LEVELS = 4;

/** One whole projection step as one static graph: synthesis, loss and the gradients back to latents and noise. */
export function buildObjective(generator: Generator, networks: LossNetworks, settings: ProjectionSettings): Objective {
  const { resolution, numWs, wDim, noiseMaps } = generator;
  const target = input('target', [1, 3, resolution, resolution]);
  const smallTarget = atMost(target, settings.lossSize);
  const targetOutputs: Record<string, Value> = { small: smallTarget };

  const ws = input('ws', [1, numWs, wDim]);
  const noise = noiseMaps.map((map, i) => input(`noise.${i}`, [1, 1, map.size, map.size]));
  const image = generator.synthesis(ws, noise);
  const small = atMost(image, settings.lossSize);

  const distanceThrough = (network: PerceptualNetwork, name: string): Value => {
    const features = targetFeatures(network, smallTarget);
    const fed = (key: string, value: Value): Value => {
      targetOutputs[key] = value;
      return input(key, value.shape);
    };
    return perceptualDistance(network, small, {
      weighted: features.weighted.map((value, k) => fed(`${name}.${k}`, value)),
      energy: fed(`${name}.energy`, features.energy),
    });
  };

  const { losses } = settings;
  const perceptual = distanceThrough(networks.perceptual, 'perceptual');
  const difference = sub(small, input('small', smallTarget.shape));
  const terms: Value[] = [];
  if (losses.perceptual > 0) terms.push(mul(perceptual, losses.perceptual));
  if (losses.lpips > 0 && networks.lpips) terms.push(mul(distanceThrough(networks.lpips, 'lpips'), losses.lpips));
  if (losses.pyramid > 0) terms.push(mul(pyramid(difference), losses.pyramid));
  if (losses.l1 > 0) terms.push(mul(meanAll(abs(difference)), losses.l1));
  const loss = terms.reduce((a, b) => add(a, b));

  const wanted = settings.noiseMaps.mode === 'optimised' ? noise : [];
  const [gradWs, ...gradNoise] = gradients(loss, [ws, ...wanted]);
  const seen = { image, loss, perceptual, mse: meanAll(square(difference)) };
  return {
    target: { outputs: targetOutputs },
    view: { outputs: seen },
    step: {
      outputs: {
        ...seen,
        'grad.ws': gradWs,
        ...Object.fromEntries(gradNoise.map((g, i) => [`grad.noise.${i}`, g])),
      },
    },
  };
}

/** Mean absolute difference, averaged over the full, half, quarter and eighth size. */
function pyramid(difference: Value): Value {
  const levels: Value[] = [];
  for (let k = 0; k < PYRAMID_LEVELS && isDivisible(difference.shape, 2 ** k); k++) {
    levels.push(meanAll(abs(averagePool(difference, 2 ** k))));
  }
  return mul(
    levels.reduce((a, b) => add(a, b)),
    1 / levels.length,
  );
}

const isDivisible = (shape: Shape, factor: number): boolean => shape[2] % factor === 0 && shape[3] % factor === 0;
