import type { OpenedWeights } from '../../weights/opened-weights.ts';
import type { ModuleNode } from '../../weights/persistent-modules.ts';
import type { TensorFile, TensorInfo } from '../../weights/tensor-file.ts';
import { layouts } from './layouts.ts';
import { prefixed, withoutWrappers } from './views.ts';

/** One copy of a generator in a file: training keeps a raw and an averaged one, under many names. */
export interface Copy {
  /** Where it is: `G_ema`, `state_dict.generator`; '' for a file that is one network. */
  readonly name: string;
  /** Called as within the network. */
  readonly tensors: TensorFile;
  /** What the file says of its layers, where it does. */
  readonly module?: ModuleNode;
  /** Tensors beside the network, by their names: rosinality's code keeps the mean latent there. */
  readonly beside: TensorFile;
}

/** A tensor that each generator of a layout of PyTorch's has once. */
const marks: readonly string[] = [
  layouts.stylegan3t.mark,
  layouts.nvidia.mark,
  layouts.rosinality.mark,
  layouts.basicSr.mark,
];

/** More copies than any training keeps. */
const maxCopies = 16;

/**
 * Finds all copies of generators in a file of PyTorch's names, whatever they stand under, in the order of the file. Names
 * that wrappers add inside a network (`module.`, `_orig_mod.`) are left out.
 */
export function findCopies(opened: OpenedWeights): Copy[] {
  const all = withoutWrappers(opened.tensors);
  const copies: Copy[] = [];
  for (const name of all.tensors.keys()) {
    const prefix = prefixOf(name);
    if (prefix === undefined || copies.length >= maxCopies) continue;
    const path = prefix.replace(/\.$/, '');
    copies.push({
      name: path,
      tensors: prefixed(all, prefix),
      module: moduleAt(opened, path),
      beside: above(all, path),
    });
  }
  return [...copies, ...undottedCopies(all, copies)];
}

function prefixOf(name: string): string | undefined {
  const mark = marks.find((known) => name === known || name.endsWith(`.${known}`));
  return mark === undefined ? undefined : name.slice(0, name.length - mark.length);
}

/** The mean latent of the nearest level. */
function above(all: TensorFile, path: string): TensorFile {
  const parts = path.split('.');
  for (let depth = parts.length; depth >= 0; depth--) {
    const prefix = [...parts.slice(0, depth), ''].join('.').replace(/^\.$/, '');
    if (all.tensors.has(`${prefix}latent_avg`)) return prefixed(all, prefix);
  }
  return prefixed(all, '');
}

/** The module whose tensors stand under a path. */
function moduleAt(opened: OpenedWeights, path: string): ModuleNode | undefined {
  for (const [key, root] of modulesOf(opened)) {
    if (key !== '' && path !== key && !path.startsWith(`${key}.`)) continue;
    const inside = path.slice(key.length).split('.').filter(Boolean);
    return inside.reduce<ModuleNode | undefined>((node, part) => node?.children.get(part), root);
  }
  return undefined;
}

function modulesOf(opened: OpenedWeights): (readonly [string, ModuleNode])[] {
  if (opened.kind === 'modules') return [...opened.modules].map(([key, { root }]) => [key, root] as const);
  return opened.kind === 'checkpoint' ? [...opened.modules] : [];
}

/** Averages of Lightning's LitEma, whose names have lost their dots; buffers are those of the raw copy. */
function undottedCopies(all: TensorFile, raw: readonly Copy[]): Copy[] {
  const undotted = marks.map((mark) => mark.replaceAll('.', ''));
  const found: Copy[] = [];
  for (const name of all.tensors.keys()) {
    const mark = undotted.find((known) => name.endsWith(known) && !name.endsWith(`.${marks[undotted.indexOf(known)]}`));
    if (mark === undefined || prefixOf(name) !== undefined) continue;
    const prefix = name.slice(0, name.length - mark.length);
    const original = raw.find(({ tensors }) => tensors.tensors.has(marks[undotted.indexOf(mark)]));
    if (original)
      found.push({ ...original, name: prefix.replace(/\.$/, ''), tensors: averagedView(all, prefix, original) });
  }
  return found;
}

function averagedView(all: TensorFile, prefix: string, { tensors: raw }: Copy): TensorFile {
  const average = (name: string): string => prefix + name.replaceAll('.', '');
  const fits = ([name, { shape }]: readonly [string, TensorInfo]): boolean =>
    all.tensors.get(average(name))?.shape.join() === shape.join();
  const averaged = new Set([...raw.tensors].filter(fits).map(([name]) => name));
  return { ...raw, read: (name) => (averaged.has(name) ? all.read(average(name)) : raw.read(name)) };
}
