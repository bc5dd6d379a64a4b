import { RandomState } from '../projection/random.ts';
import type { Tensor, TensorFile } from '../weights/tensor-file.ts';

/**
 * Networks of random weights in the public layouts: speed and memory depend on sizes alone, so that they can be measured
 * (and the code tested) without a trained network of that size.
 */

export interface RandomStyleGan2Options {
  readonly resolution: number;
  /** Channels at a resolution are min(channelBase / resolution, channelMax). */
  readonly channelBase: number;
  readonly channelMax: number;
  readonly wDim?: number;
  readonly zDim?: number;
  readonly mappingLayers?: number;
  readonly seed?: number;
}

/** A StyleGAN2 of the 'skip' architecture with the names of the public StyleGAN2-ADA state dict. */
export function randomStyleGan2(options: RandomStyleGan2Options): TensorFile {
  const { resolution, channelBase, channelMax, wDim = 512, zDim = wDim, mappingLayers = 2, seed = 0 } = options;
  const make = new TensorMaker(seed);
  make.fill('mapping.w_avg', [wDim], 0);
  for (let i = 0; i < mappingLayers; i++) make.dense(`mapping.fc${i}`, i === 0 ? zDim : wDim, wDim, 0);
  const width = (size: number) => Math.min(Math.floor(channelBase / size), channelMax);
  make.normal('synthesis.b4.const', [width(4), 4, 4]);
  for (let size = 4; size <= resolution; size *= 2) {
    const block = `synthesis.b${size}`;
    const layers: [string, number][] =
      size === 4
        ? [['conv1', width(4)]]
        : [
            ['conv0', width(size / 2)],
            ['conv1', width(size)],
          ];
    for (const [name, inputs] of layers) {
      make.normal(`${block}.${name}.weight`, [width(size), inputs, 3, 3]);
      make.normal(`${block}.${name}.bias`, [width(size)], 0.1);
      make.fill(`${block}.${name}.noise_strength`, [], 0.05);
      make.normal(`${block}.${name}.noise_const`, [size, size]);
      make.dense(`${block}.${name}.affine`, wDim, inputs, 1);
    }
    make.normal(`${block}.torgb.weight`, [3, width(size), 1, 1], 0.3);
    make.normal(`${block}.torgb.bias`, [3], 0.1);
    make.dense(`${block}.torgb.affine`, wDim, width(size), 1);
  }
  return make.file;
}

/** The layout of the default pack's perceptual network. */
export function randomFacesPerceptual(channels: readonly number[], seed = 0): TensorFile {
  const make = new TensorMaker(seed);
  let inputs = 3;
  channels.forEach((outputs, i) => {
    make.conv(`conv${i + 1}`, inputs, outputs, 3);
    inputs = outputs;
  });
  for (const [k, tap] of [2, 4, 6, 7].entries())
    make.fill(`lin${k}.weight`, [channels[tap - 1]], 1 / channels[tap - 1]);
  return make.file;
}

/** LPIPS with VGG16's trunk, in its authors' names. */
export function randomVggLpips(seed = 0): TensorFile {
  const make = new TensorMaker(seed);
  const blocks = [
    [64, 0, 2],
    [128, 5, 7],
    [256, 10, 12, 14],
    [512, 17, 19, 21],
    [512, 24, 26, 28],
  ];
  let inputs = 3;
  blocks.forEach(([outputs, ...layers], k) => {
    for (const index of layers) {
      make.conv(`net.features.${index}`, inputs, outputs, 3);
      inputs = outputs;
    }
    make.fill(`lin${k}.model.1.weight`, [1, outputs, 1, 1], 1 / outputs);
  });
  return make.file;
}

/** A file of tensors that only exists in memory. */
export const tensorsInMemory = (tensors: ReadonlyMap<string, Tensor>): TensorFile => ({
  metadata: {},
  tensors: new Map([...tensors].map(([name, { shape }]) => [name, { dtype: 'F32', shape }])),
  read: (name) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`no tensor '${name}'`);
    return tensor.data;
  },
  close: () => {},
});

class TensorMaker {
  readonly #tensors = new Map<string, Tensor>();
  readonly #random: RandomState;

  constructor(seed: number) {
    this.#random = new RandomState(seed);
  }

  get file(): TensorFile {
    return tensorsInMemory(this.#tensors);
  }

  normal(name: string, shape: readonly number[], std = 1): void {
    const data = this.#random.normals(shape.reduce((a, b) => a * b, 1));
    for (let i = 0; i < data.length; i++) data[i] *= std;
    this.#tensors.set(name, { shape, data });
  }

  fill(name: string, shape: readonly number[], value: number): void {
    this.#tensors.set(name, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value) });
  }

  dense(name: string, inputs: number, outputs: number, bias: number): void {
    this.normal(`${name}.weight`, [outputs, inputs]);
    this.fill(`${name}.bias`, [outputs], bias);
  }

  /** He initialisation, which keeps the size of activations through ReLUs. */
  conv(name: string, inputs: number, outputs: number, kernel: number): void {
    this.normal(`${name}.weight`, [outputs, inputs, kernel, kernel], Math.sqrt(2 / (inputs * kernel * kernel)));
    this.normal(`${name}.bias`, [outputs], 0.01);
  }
}
