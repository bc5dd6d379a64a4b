import { add, clip, constant, conv, mul } from '../graph/ops.ts';
import { GraphError, type Value } from '../graph/value.ts';
import type { NoiseInputs, NoiseMap } from './generator.ts';
import { latentAt } from './layers.ts';
import { type Filter, separableFilter, upsample2 } from './resample.ts';
import { doubled, type StyledLayer, styledConv, toRgb, type Upsampling } from './stylegan2-layers.ts';
import type { WeightReader } from './weight-reader.ts';

export interface Synthesis {
  readonly resolution: number;
  readonly numWs: number;
  readonly noiseMaps: readonly NoiseMap[];
  run(ws: Value, noise: NoiseInputs): Value;
}

interface Block {
  readonly resolution: number;
  /** conv0 (absent in the first block) and conv1. */
  readonly convs: readonly StyledLayer[];
  readonly rgb?: (x: Value, w: Value) => Value;
  /** The residual branch of the 'resnet' architecture. */
  readonly residual?: (x: Value) => Value;
  readonly up: Upsampling;
}

/**
 * The synthesis network in all three block architectures: 'skip' (every block adds to the image), 'resnet' (residual
 * branches, one image at the end) and 'orig' (neither).
 */
export function stylegan2Synthesis(weights: WeightReader, wDim: number, clamp?: number | null): Synthesis {
  const [constChannels] = weights.shape('b4.const');
  const first = constant(weights.read('b4.const', [constChannels, 4, 4]), [1, constChannels, 4, 4]);
  const blocks: Block[] = [];
  let channels = constChannels;
  for (let resolution = 4; weights.has(`b${resolution}.conv1.weight`); resolution *= 2) {
    const block = readBlock(weights.at(`b${resolution}`), resolution, channels, wDim, clamp);
    blocks.push(block);
    channels = block.convs[block.convs.length - 1].channels;
  }
  const last = blocks[blocks.length - 1];
  if (last.rgb === undefined) weights.shape(`b${last.resolution}.torgb.weight`);
  const noiseMaps = blocks.flatMap((block) => block.convs.flatMap(({ noise }) => noise ?? []));
  return {
    resolution: last.resolution,
    // Each block's toRGB shares its latent with the next block's first convolution.
    numWs: blocks.reduce((n, block) => n + block.convs.length, 1),
    noiseMaps,
    run: (ws, noise) => {
      if (noise !== 'none' && noise.length !== noiseMaps.length) {
        throw new GraphError(`${noise.length} noise maps for ${noiseMaps.length} layers`);
      }
      const maps = noise === 'none' ? [] : noise;
      let x: Value = first;
      let image: Value | undefined;
      let index = 0;
      let mapIndex = 0;
      for (const block of blocks) {
        const branch = block.residual?.(x);
        for (const layer of block.convs) {
          x = layer.run(x, latentAt(ws, index), layer.noise && maps[mapIndex++]);
          index++;
        }
        if (branch !== undefined) x = add(branch, x);
        if (image !== undefined) image = doubled(image, block.up);
        if (block.rgb !== undefined) {
          const rgb = block.rgb(x, latentAt(ws, index));
          image = image === undefined ? rgb : add(image, rgb);
        }
      }
      return image as Value;
    },
  };
}

function readBlock(
  weights: WeightReader,
  resolution: number,
  inputs: number,
  wDim: number,
  clamp?: number | null,
): Block {
  const isBilinear = weights.setting('upsampling') === 'bilinear';
  const readUp = (layer: WeightReader): Upsampling => (isBilinear ? 'bilinear' : readFilter(layer));
  const isResidual = weights.has('skip.weight');
  // The two branches of a residual block are averaged; their gain of sqrt(1/2) keeps the variance.
  const gain = isResidual ? Math.SQRT1_2 : 1;
  const options = { wDim, clamp, resolution };
  const convs: StyledLayer[] = [];
  if (resolution > 4)
    convs.push(styledConv(weights.at('conv0'), { ...options, inputs, up: readUp(weights.at('conv0')) }));
  const width = convs.length > 0 ? convs[0].channels : inputs;
  convs.push(styledConv(weights.at('conv1'), { ...options, inputs: width, gain }));
  const rgbOptions = { wDim, clamp, inputs: convs[convs.length - 1].channels };
  return {
    resolution,
    convs,
    up: readUp(weights),
    rgb: weights.has('torgb.weight') ? toRgb(weights.at('torgb'), rgbOptions) : undefined,
    residual: isResidual ? residualBranch(weights.at('skip'), inputs, gain) : undefined,
  };
}

/** 1x1 convolution, then doubling: the same as doubling first, at a quarter of the work. */
function residualBranch(weights: WeightReader, inputs: number, gain: number): (x: Value) => Value {
  const [outputs] = weights.shape('weight');
  const kernel = weights.read('weight', [outputs, inputs, 1, 1]).map((w) => w / Math.sqrt(inputs));
  const filter = readFilter(weights);
  const weight = constant(kernel, [outputs, inputs, 1, 1]);
  const limit = weights.numberOf('conv_clamp', 0) * gain;
  return (x) => {
    const y = mul(upsample2(conv(x, weight), filter), gain);
    return limit > 0 ? clip(y, -limit, limit) : y;
  };
}

/** The stored filter, or StyleGAN2's own where a file keeps none. */
function readFilter(weights: WeightReader): Filter {
  if (!weights.has('resample_filter')) return separableFilter([1, 3, 3, 1]);
  const [size] = weights.shape('resample_filter');
  return { taps: weights.read('resample_filter', [size, size]), size };
}
