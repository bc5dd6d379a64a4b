import { statSync } from 'node:fs';
import { printable } from './errors.ts';
import { openWeights } from './open-weights.ts';
import type { Container, OpenedWeights } from './opened-weights.ts';
import type { Plain } from './plain.ts';
import type { TensorFile, TensorInfo } from './tensor-file.ts';

/** What a network is, as those who know networks say it. */
export interface Recognition {
  /** One line: `StyleGAN2, 1024 x 1024 pixels`. */
  readonly title: string;
  /** What the network was made with, in the words of its architecture. */
  readonly settings: { readonly [name: string]: Plain };
  /** What an import would choose or make up: a sentence each. */
  readonly notes: readonly string[];
  /** What would be needed to use it and is not in the file: one line each. */
  readonly missing: readonly string[];
}

/** Tells what network a file holds; undefined where it is none that is known. */
export type Recognise = (opened: OpenedWeights) => Recognition | undefined;

/** Tensors that belong together. */
export interface InspectedPart {
  /** Where it is in the file: `G_ema`; '' for a file of one part. */
  readonly name: string;
  /** What the file says it is: the name of a Python class or function; '' where it says nothing. */
  readonly made: string;
  readonly settings: { readonly [name: string]: Plain };
  readonly tensors: readonly (TensorInfo & { readonly name: string })[];
}

/** A file of weights described without being imported. */
export interface Inspection {
  readonly path: string;
  readonly bytes: number;
  readonly container: Container;
  readonly kind: OpenedWeights['kind'];
  readonly recognition: Recognition | undefined;
  readonly parts: readonly InspectedPart[];
  /** What stands beside the tensors: settings, counters, metadata. */
  readonly values: { readonly [name: string]: Plain };
}

/** Describes a file; reads no more of it than its structure. Throws FamiliarError as `openWeights` does. */
export function inspect(path: string, recognise: Recognise): Inspection {
  const opened = openWeights(path);
  try {
    return {
      path,
      bytes: statSync(path).size,
      container: opened.container,
      kind: opened.kind,
      recognition: recognise(opened),
      parts: partsOf(opened),
      values: valuesOf(opened),
    };
  } finally {
    opened.close();
  }
}

function partsOf(opened: OpenedWeights): InspectedPart[] {
  switch (opened.kind) {
    case 'array':
    case 'state-dict':
      return [part('', opened.tensors)];
    case 'checkpoint': {
      const groups = [...opened.groups].map(([name, tensors]) => part(name, tensors));
      return opened.loose.tensors.size > 0 ? [...groups, part('', opened.loose)] : groups;
    }
    case 'modules':
      return [...opened.modules].map(([name, { root, tensors }]) => part(name, tensors, root.className, root.kwargs));
    case 'tensorflow-networks':
      return opened.networks.map(({ root, tensors }) => part(root.name, tensors, root.buildFunction, root.kwargs));
  }
}

const part = (
  name: string,
  { tensors }: TensorFile,
  made = '',
  settings: InspectedPart['settings'] = {},
): InspectedPart => ({
  name,
  made,
  settings,
  tensors: [...tensors].map(([tensor, { dtype, shape }]) => ({ name: tensor, dtype, shape: [...shape] })),
});

const valuesOf = (opened: OpenedWeights): Inspection['values'] =>
  opened.kind === 'checkpoint' || opened.kind === 'modules' ? opened.values : opened.tensors.metadata;

const containers: Readonly<Record<Container, string>> = {
  safetensors: 'safetensors',
  'torch-zip': 'PyTorch',
  'torch-legacy': 'PyTorch (before 1.6)',
  torchscript: 'TorchScript',
  pickle: 'Python pickle',
  npy: 'NumPy array',
  npz: 'NumPy archive',
  onnx: 'ONNX',
};

const kinds: Readonly<Record<OpenedWeights['kind'], string>> = {
  array: 'one array',
  'state-dict': 'named tensors',
  checkpoint: 'a checkpoint',
  modules: "NVIDIA's networks for PyTorch",
  'tensorflow-networks': "NVIDIA's networks for TensorFlow",
};

/** The description as lines for a terminal. */
export function formatInspection(inspection: Inspection): string {
  const { path, bytes, container, kind, recognition, parts, values } = inspection;
  const lines = [path, `  ${containers[container]}: ${kinds[kind]}, ${sizeText(bytes)}`];
  if (recognition) {
    lines.push(`  ${recognition.title}`, ...settingLines(recognition.settings, '    '));
    for (const note of recognition.notes) lines.push(`  ${note}`);
    for (const missing of recognition.missing) lines.push(`  missing: ${missing}`);
  } else {
    lines.push('  no network that this program knows by its parts');
  }
  const said = Object.entries(values).filter(([, value]) => value !== null);
  lines.push(...settingLines(Object.fromEntries(said), '  '));
  const seen = new Map<string, string>();
  for (const part of parts) lines.push('', ...partLines(part, seen));
  return lines.map((line) => printableLine(line)).join('\n');
}

/** Parts that repeat an earlier one are not listed twice: training files hold each generator two times. */
function partLines(part: InspectedPart, seen: Map<string, string>): string[] {
  const numbers = part.tensors.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  const title = [part.name, part.made && `(${part.made})`].filter(Boolean).join(' ');
  const tensors = part.tensors.length === 1 ? '1 tensor' : `${part.tensors.length} tensors`;
  const count = numbers > 0 ? `${tensors}, ${numbers.toLocaleString('en-US')} numbers` : 'no weights';
  const lines = [title ? `${title}: ${count}` : count];
  const key = JSON.stringify([part.made, part.settings, part.tensors]);
  const twin = seen.get(key);
  seen.set(key, part.name);
  if (twin !== undefined && numbers > 0) return [...lines, `  as ${twin}`];
  const width = Math.min(60, Math.max(...part.tensors.map(({ name }) => name.length)));
  return [
    ...lines,
    ...settingLines(part.settings, '  '),
    ...part.tensors.map(
      ({ name, dtype, shape }) => `  ${name.padEnd(width)}  ${dtype.padEnd(4)}  [${shape.join(', ')}]`,
    ),
  ];
}

const settingLines = (settings: { readonly [name: string]: Plain }, indent: string): string[] =>
  Object.entries(settings).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${indent}${name} = ${text}`;
  });

const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const printableLine = (line: string): string =>
  line.slice(0, line.length - line.trimStart().length) + printable(line.trimStart());
