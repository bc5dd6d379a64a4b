import type { OpenedTensorflowNetwork, OpenedWeights } from '../../weights/opened-weights.ts';
import { choiceNote, isAveraged, kindOfCopy } from './averaged.ts';
import { fromBasicSr } from './basicsr.ts';
import { type Copy, findCopies } from './copies.ts';
import type { GeneratorImport } from './generator-import.ts';
import { fromModule, fromStateDict } from './pytorch.ts';
import { fromRosinality } from './rosinality.ts';
import { fromTensorflow } from './tensorflow.ts';
import { overlaid } from './views.ts';

/**
 * The best generator of a file in our layout, and in its notes which one that is; undefined where it holds none that is
 * known. The averaged generator is the one whose faces are good; the trained one is better than none.
 */
export function findGenerator(opened: OpenedWeights): GeneratorImport | undefined {
  switch (opened.kind) {
    case 'array':
      return undefined;
    case 'tensorflow-networks':
      return fromNetworks(opened.networks, opened.path);
    default:
      return fromCopies(findCopies(opened), opened);
  }
}

interface Found {
  readonly name: string;
  readonly generator: GeneratorImport;
}

function fromCopies(copies: readonly Copy[], opened: OpenedWeights): GeneratorImport | undefined {
  const raw = copies.find(({ name }) => !isAveraged(name));
  const found = copies.flatMap((copy): Found[] => {
    const generator = fromCopy(withBuffersOf(copy, raw), opened.path);
    return generator ? [{ name: copy.name, generator }] : [];
  });
  const best = bestOf(found);
  if (!best) return undefined;
  const hasUnnamed = [...opened.tensors.tensors.keys()].some((name) => /(^|\.)shadow_params\.0$/.test(name));
  const note = choiceNote(
    found.map(({ name }) => name),
    best.name,
    hasUnnamed,
  );
  return { ...best.generator, notes: [...note, ...best.generator.notes] };
}

const fromCopy = ({ tensors, module, beside }: Copy, source: string): GeneratorImport | undefined =>
  (module && fromModule(module, tensors, source)) ??
  fromStateDict(tensors, source) ??
  fromRosinality(tensors, source, beside) ??
  fromBasicSr(tensors, source, beside);

/** Some averages hold parameters alone: what training does not change is that of the raw copy, where all else fits. */
function withBuffersOf(copy: Copy, raw: Copy | undefined): Copy {
  if (!raw || !isAveraged(copy.name)) return copy;
  const { tensors } = raw.tensors;
  const isPart = [...copy.tensors.tensors].every(
    ([name, { shape }]) => tensors.get(name)?.shape.join() === shape.join(),
  );
  return isPart && tensors.size > copy.tensors.tensors.size
    ? { ...copy, module: copy.module ?? raw.module, tensors: overlaid(copy.tensors, raw.tensors) }
    : copy;
}

/** Networks that TensorFlow pickled; those without weights are passed over. */
function fromNetworks(networks: readonly OpenedTensorflowNetwork[], source: string): GeneratorImport | undefined {
  const found = networks.flatMap((network): Found[] => {
    const generator = fromTensorflow(network, source);
    return generator ? [{ name: network.root.name, generator }] : [];
  });
  // The averaged network comes last.
  const best = bestOf(found.reverse());
  if (!best) return undefined;
  const note = choiceNote(
    found.map(({ name }) => name),
    best.name,
    false,
  );
  return { ...best.generator, notes: [...note, ...best.generator.notes] };
}

/** The averaged one before others, a whole one before what lacks parts that another has, what is not called raw before what is, and the first of equals. */
function bestOf(found: readonly Found[]): Found | undefined {
  const most = Math.max(...found.map(({ generator }) => generator.tensors.tensors.size));
  const rank = ({ name, generator }: Found): number =>
    (generator.tensors.tensors.size < most ? 0 : 3) + { averaged: 2, plain: 1, raw: 0 }[kindOfCopy(name)];
  return [...found].sort((a, b) => rank(b) - rank(a))[0];
}
