import { FamiliarError } from '../../errors.ts';
import type { OpenedWeights } from '../../weights/opened-weights.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';
import { MappedTensors, type Rule } from './mapped-tensors.ts';

/** torchvision's trunks, the LPIPS package's slices of them, and LPIPS' weights of the taps. */
const rules: readonly Rule[] = [
  { pattern: /^(?:net\.)?features\.(\d+)\.(.+)$/, to: (n, rest) => `net.features.${n}.${rest}` },
  { pattern: /^net\.slice\d+\.(\d+)\.(.+)$/, to: (n, rest) => `net.features.${n}.${rest}` },
  { pattern: /^lin(\d)\.model\.1\.weight$/, to: (n) => `lin${n}.model.1.weight` },
];

/** VGG16's convolutions: their place in torchvision's `features`, and channels. */
const vgg16 = [
  [0, 64],
  [2, 64],
  [5, 128],
  [7, 128],
  [10, 256],
  [12, 256],
  [14, 256],
  [17, 512],
  [19, 512],
  [21, 512],
  [24, 512],
  [26, 512],
  [28, 512],
] as const;
const vggTaps = [64, 128, 256, 512, 512];

/**
 * An LPIPS network in our layout from one or several files: trunk and weights of the taps come together or apart, in any
 * order. A VGG19 has no published weights of its taps: they all count alike. Throws PERCEPTUAL_*.
 */
export function findPerceptual(files: readonly OpenedWeights[]): MappedTensors {
  const source = files.map(({ path }) => path).join(' and ');
  const tensors = new MappedTensors(source);
  for (const file of files) {
    tensors.addByRules(file.tensors, rules);
    if (file.container === 'torchscript') addVggByShapes(file.tensors, tensors);
  }
  const has = (name: string) => tensors.tensors.has(name);
  if (!has('net.features.0.weight')) {
    throw new FamiliarError(
      'PERCEPTUAL_TRUNK_MISSING',
      has('lin0.model.1.weight')
        ? `${source}: these are LPIPS' weights of the taps alone. Add the network they belong to: --trunk vgg16.pth (or alexnet, squeezenet1_1) from torchvision.`
        : `${source}: this is no perceptual network. Use LPIPS v0.1 (.pth) with --trunk alexnet, squeezenet1_1 or vgg16 from torchvision.`,
    );
  }
  if (!has('lin0.model.1.weight')) {
    if (!has('net.features.34.weight')) {
      throw new FamiliarError(
        'PERCEPTUAL_LIN_MISSING',
        `${source}: this is a trunk without the weights of LPIPS. Import LPIPS' own file (alex.pth, squeeze.pth or vgg.pth) and give this one as --trunk.`,
      );
    }
    vggTaps.forEach((channels, k) => {
      tensors.add(`lin${k}.model.1.weight`, [1, channels, 1, 1], () => new Float32Array(channels).fill(1 / channels));
    });
  }
  return tensors;
}

/**
 * NVIDIA's TorchScript VGG16, whose layers have names of their own: the 3x3 kernels come in the order of the network, as
 * do the weights of the taps.
 */
function addVggByShapes(file: TensorFile, to: MappedTensors): void {
  const names = [...file.tensors.keys()].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const shapeOf = (name: string) => file.tensors.get(name)?.shape ?? [];
  const kernels = names.filter((name) => shapeOf(name).length === 4 && shapeOf(name)[2] === 3);
  const fits = vgg16.every(([, channels], i) => kernels[i] !== undefined && shapeOf(kernels[i])[0] === channels);
  if (kernels.length !== vgg16.length || !fits) return;
  vgg16.forEach(([place, channels], i) => {
    to.add(`net.features.${place}.weight`, shapeOf(kernels[i]), () => file.read(kernels[i]));
    const bias = kernels[i].replace(/weight$/, 'bias');
    if (file.tensors.has(bias)) to.add(`net.features.${place}.bias`, [channels], () => file.read(bias));
  });
  const taps = names.filter((name) => shapeOf(name).length === 4 && shapeOf(name)[0] === 1 && shapeOf(name)[2] === 1);
  if (taps.length !== vggTaps.length || !vggTaps.every((channels, k) => shapeOf(taps[k])[1] === channels)) return;
  taps.forEach((name, k) => {
    to.add(`lin${k}.model.1.weight`, [1, vggTaps[k], 1, 1], () => file.read(name));
  });
}
