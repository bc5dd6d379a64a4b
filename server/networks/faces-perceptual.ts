import { averagePool, slice } from '../graph/ops.ts';
import type { Value } from '../graph/value.ts';
import { convRelu } from './lpips.ts';
import type { PerceptualNetwork } from './perceptual.ts';
import type { WeightReader } from './weight-reader.ts';

const TAPS = [2, 4, 6, 7];
const POOL_BEFORE = [3, 5, 7];
const LAYERS = 7;

/**
 * The small perceptual network that ships with the default face pack: conv1..conv7, 3x3 with ReLU, the first of stride
 * 2; 2x2 average pooling before conv3, conv5 and conv7; taps after conv2, conv4, conv6 and conv7. Takes every size from
 * `minimumSize` on.
 * Throws WEIGHTS_* where tensors are missing or do not fit.
 */
export function loadFacesPerceptual(weights: WeightReader): PerceptualNetwork {
  const convs: ((x: Value) => Value)[] = [];
  const lin: Float32Array[] = [];
  let channels = 3;
  for (let i = 1; i <= LAYERS; i++) {
    const [outputs] = weights.shape(`conv${i}.weight`);
    convs.push(convRelu(weights.at(`conv${i}`), channels, outputs, 3, i === 1 ? 2 : 1, 1));
    channels = outputs;
    if (TAPS.includes(i)) lin.push(weights.read(`lin${lin.length}.weight`, [channels]));
  }
  return {
    name: 'faces perceptual v0',
    lin,
    epsilon: 'inside-root',
    minimumSize: 16,
    features: (image) => {
      const taps: Value[] = [];
      let x = image;
      convs.forEach((layer, i) => {
        if (POOL_BEFORE.includes(i + 1)) x = halved(x);
        x = layer(x);
        if (TAPS.includes(i + 1)) taps.push(x);
      });
      return taps;
    },
  };
}

/** 2x2 average pooling; an odd last row or column is left out, as PyTorch does. */
function halved(x: Value): Value {
  const [, , height, width] = x.shape;
  return averagePool(slice(slice(x, 2, 0, height - (height % 2)), 3, 0, width - (width % 2)), 2);
}
