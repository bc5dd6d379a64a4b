import { FamiliarError } from '../../errors.ts';
import type { OpenedWeights } from '../../weights/opened-weights.ts';
import { type Conversion, MappedTensors, type Rule } from './mapped-tensors.ts';

/** Places of VGG16's convolutions in torchvision's `features`, in order. */
const vgg16 = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];
const vggTaps = [64, 128, 256, 512, 512];

/** Weights of a tap, however many axes of size 1 they have. */
const tapWeights: Conversion = {
  shape: (shape) => [1, shape.reduce((a, b) => a * b, 1), 1, 1],
  data: (data) => data,
};

const rules: readonly Rule[] = [
  // torchvision's trunks, and the LPIPS package's slices of them.
  { pattern: /^(?:net\.)?features\.(\d+)\.(.+)$/, to: (n, rest) => `net.features.${n}.${rest}` },
  { pattern: /^net\.slice\d+\.(\d+)\.(.+)$/, to: (n, rest) => `net.features.${n}.${rest}` },
  // LPIPS' weights of the taps.
  { pattern: /^lin(\d)\.model\.1\.weight$/, to: (n) => `lin${n}.model.1.weight` },
  // NVIDIA's TorchScript vgg16.pt, which holds both (and fully connected layers that nothing here needs).
  {
    pattern: /^layers\.conv(\d+)\.(weight|bias)$/,
    to: (n, what) => {
      const place = vgg16[Number(n) - 1];
      return place === undefined ? undefined : `net.features.${place}.${what}`;
    },
  },
  { pattern: /^lpips([0-4])$/, to: (n) => `lin${n}.model.1.weight`, convert: tapWeights },
];

/**
 * An LPIPS network in our layout from one or several files: trunk and weights of the taps come together or apart, in any
 * order. A VGG19 has no published weights of its taps: they all count alike. Throws PERCEPTUAL_*.
 */
export function findPerceptual(files: readonly OpenedWeights[]): MappedTensors {
  const source = files.map(({ path }) => path).join(' and ');
  const tensors = new MappedTensors(source);
  for (const file of files) tensors.addByRules(file.tensors, rules);
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
