import { FamiliarError } from '../../errors.ts';
import type { OpenedWeights } from '../../weights/opened-weights.ts';
import { forEveryLayer } from '../directions.ts';
import type { Generator } from '../generator.ts';

type Sizes = Pick<Generator, 'numWs' | 'wDim'>;

/** Names that public code and this program give to latents, the surest first, and to principal components. */
const latentNames = [
  ...['wplus', 'w_plus', 'w', 'ws', 'w_pivot', 'projected_w', 'latent', 'latents', 'dlatent', 'dlatents'],
  ...['latent_code', 'direction', 'boundary'],
];
const componentNames = ['comp', 'lat_comp', 'components'];
/** What they call the standard deviation of faces along each component. */
const deviationNames = ['std', 'lat_stdev', 'lat_std'];

/**
 * The latent (a face, or a direction) in a file: Puzer's and InterFaceGAN's .npy, a projector's .npz, PTI's and e4e's
 * .pt; for GANSpace's tables of components, the row `component` as long as a standard deviation of faces, where the
 * table tells it. -> [numWs * wDim]. Throws LATENT_*.
 */
export function readLatent(opened: OpenedWeights, sizes: Sizes, component?: number): Float32Array {
  const latent = component === undefined ? wholeLatent(opened, sizes) : oneComponent(opened, sizes, component);
  if (latent.every((x) => x === 0) || !latent.every(Number.isFinite)) {
    throw new FamiliarError(
      'LATENT_EMPTY',
      `${opened.path}: the latent is all zeros, or not of numbers. Fetch it again.`,
    );
  }
  return forEveryLayer(latent, sizes);
}

function wholeLatent(opened: OpenedWeights, { numWs, wDim }: Sizes): Float32Array {
  // First, since such a table holds the mean face too, which is of a latent's size.
  if (componentNames.some((name) => opened.tensors.tensors.has(name))) {
    throw new FamiliarError(
      'LATENT_COMPONENT',
      `${opened.path}: this is a table of components. Say which one you mean: --component 0 is the first.`,
    );
  }
  const fits = (count: number) => count === wDim || count === numWs * wDim;
  const tensors = [...opened.tensors.tensors].map(([name, { shape }]) => ({ name, count: count(shape) }));
  const fitting = tensors.filter((tensor) => fits(tensor.count));
  const named = latentNames.flatMap((known) => fitting.filter(({ name }) => name === known));
  const chosen = fitting.length === 1 ? fitting[0] : named[0];
  if (chosen) return opened.tensors.read(chosen.name);
  const found = tensors.map(({ name, count: n }) => `${name} of ${n} numbers`).slice(0, 5);
  throw new FamiliarError(
    'LATENT_WRONG_SIZE',
    `${opened.path}: no latent for this network, which needs ${wDim} or ${numWs} x ${wDim} numbers; the file has ${found.join(', ') || 'none'}.`,
  );
}

function oneComponent({ tensors, path }: OpenedWeights, { wDim }: Sizes, component: number): Float32Array {
  const name = componentNames.find((known) => tensors.tensors.has(known)) ?? [...tensors.tensors.keys()][0];
  const all = name === undefined ? new Float32Array() : tensors.read(name);
  const rows = all.length / wDim;
  if (!Number.isInteger(rows) || component >= rows) {
    throw new FamiliarError(
      'LATENT_COMPONENT',
      `${path}: there is no component ${component} of ${wDim} numbers; the table has ${Math.floor(rows)}.`,
    );
  }
  const deviations = deviationNames.find((known) => count(tensors.tensors.get(known)?.shape ?? []) === rows);
  const deviation = deviations === undefined ? 1 : tensors.read(deviations)[component];
  return all.slice(component * wDim, (component + 1) * wDim).map((x) => x * deviation);
}

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
