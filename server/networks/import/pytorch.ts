import type { ModuleNode } from '../../weights/persistent-modules.ts';
import type { Plain } from '../../weights/plain.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';
import { stylegan3Keys } from '../stylegan3-plan.ts';
import { outerProduct, scaled } from './conversions.ts';
import { type GeneratorImport, largestBlock } from './generator-import.ts';
import { readLayerSettings } from './layer-settings.ts';
import { layouts } from './layouts.ts';
import { MappedTensors, type Rule } from './mapped-tensors.ts';
import { notSquare, readStyleGan3Layers } from './stylegan3-layers.ts';
import { stylegan3SettingsFromShapes, stylegan3Size } from './stylegan3-shapes.ts';

type Settings = { readonly [name: string]: Plain };
type Metadata = Readonly<Record<string, string>>;

/** Names stay; StyleGAN3's layers lose the sizes in their names. */
const ourName = (name: string): string => name.replace(/^synthesis\.(L\d+)_\d+_\d+(?=\.|$)/, 'synthesis.$1');

const noClamp =
  'The file does not say whether activations are clamped (conv_clamp): none is assumed. Most networks of NVIDIA’s PyTorch ' +
  'code have 256; if faces look wrong, write convClamp: 256 into pack.yaml.';
const assumed =
  'The file does not say its settings: the defaults of the public code are taken, which fit all sizes and filters in it.';
const unknownSettings =
  'its settings are not in the file, and its sizes are not those of the public code’s defaults. Import the .pkl that it ' +
  'comes from';

/** A generator of stylegan2-ada-pytorch or stylegan3, from its module: what its layers say wins over all else. */
export function fromModule(root: ModuleNode, file: TensorFile, source: string): GeneratorImport | undefined {
  const isThird = isStyleGan3(file);
  if (isThird === undefined) return undefined;
  const layers = readLayerSettings(root, file.tensors);
  const given = renamed({ ...pick(settingsOf(root), isThird), ...layers.metadata });
  const said = isThird ? readStyleGan3Layers(root, given, source) : given;
  const { metadata, notes, problems } = completed(file, source, said, isThird);
  return {
    ...generatorOf(file, source, metadata, isThird, layers.factors),
    notes: layers.unknown.length === 0 ? notes : [...notes, unknownNote(layers.unknown)],
    problems: [...problems, ...layers.problems, ...(isThird ? notSquare(root) : [])],
  };
}

/** The same from a state dict: what the tensors do not tell comes from the file's metadata, or is not known. */
export function fromStateDict(file: TensorFile, source: string): GeneratorImport | undefined {
  const isThird = isStyleGan3(file);
  if (isThird === undefined) return undefined;
  const { metadata, notes, problems } = completed(file, source, known(file.metadata), isThird);
  return { ...generatorOf(file, source, metadata, isThird), notes, problems };
}

/** Settings with what the tensors show, and what has to be said of them. */
function completed(file: TensorFile, source: string, said: Metadata, isThird: boolean) {
  if (!isThird) return { metadata: said, notes: 'conv_clamp' in said ? [] : [noClamp], problems: [] };
  if ('img_resolution' in said) return { metadata: said, notes: [], problems: [] };
  const shown = stylegan3SettingsFromShapes(file, source);
  return { metadata: { ...shown, ...said }, notes: shown ? [assumed] : [], problems: shown ? [] : [unknownSettings] };
}

/** Undefined where it is neither StyleGAN2 nor StyleGAN3 in NVIDIA's names. */
function isStyleGan3({ tensors }: TensorFile): boolean | undefined {
  if (tensors.has(layouts.stylegan3t.mark)) return true;
  return tensors.has(layouts.nvidia.mark) ? false : undefined;
}

function generatorOf(
  file: TensorFile,
  source: string,
  metadata: Metadata,
  isThird: boolean,
  factors: ReadonlyMap<string, number> = new Map(),
): Omit<GeneratorImport, 'notes' | 'problems'> {
  const tensors = new MappedTensors(source, metadata);
  const rules = [...factors].map(
    ([name, factor]): Rule => ({ pattern: exactly(name), to: () => ourName(name), convert: scaled(factor) }),
  );
  // Long filters are stored as one axis of a separable one.
  const filter: Rule = { pattern: /^(synthesis\.b.+\.resample_filter)$/, to: (name) => name, convert: outerProduct };
  tensors.addByRules(file, [...rules, filter, { pattern: /^((?:mapping|synthesis)\..+)$/, to: ourName }]);
  const kernel = tensors.tensors.get('synthesis.L0.weight')?.shape[2];
  return {
    architecture: isThird ? 'stylegan3' : 'stylegan2',
    title: (isThird ? (kernel === 1 ? layouts.stylegan3r : layouts.stylegan3t) : layouts.nvidia).title,
    resolution: isThird ? (stylegan3Size(file) ?? sizeIn(metadata)) : largestBlock(tensors.tensors),
    settings: metadata,
    tensors,
  };
}

/** Of a file's metadata, what the loader reads: all else is about other programs. */
const known = (metadata: Metadata): Metadata =>
  Object.fromEntries(
    Object.entries(metadata).filter(
      ([key]) =>
        ['mapping_lr_multiplier', 'upsampling', 'truncation_layers', ...stylegan3Keys].includes(key) ||
        /^synthesis\.[\w.]+$/.test(key),
    ),
  );

const sizeIn = ({ img_resolution: size }: Metadata): number | undefined =>
  Number(size) > 0 ? Number(size) : undefined;

const exactly = (name: string): RegExp => new RegExp(`^${name.replace(/[^\w]/g, '\\$&')}$`);

/** Settings of single layers under our names of the layers. */
const renamed = (metadata: Metadata): Metadata =>
  Object.fromEntries(Object.entries(metadata).map(([key, value]) => [ourName(key), value]));

const unknownNote = (names: readonly string[]): string =>
  `Its layers have settings that this program does not know and leaves out: ${names.slice(0, 8).join(', ')}.`;

/** The settings that the loader reads, as text; Python's None is empty. */
function pick(settings: Settings, isThird: boolean): Metadata {
  const keys = ['mapping_lr_multiplier', ...(isThird ? stylegan3Keys : ['conv_clamp'])];
  const given = keys.filter((key) => settings[key] !== undefined);
  return Object.fromEntries(given.map((key) => [key, String(settings[key] ?? '')]));
}

/**
 * The constructor's arguments in one level, the nearest to the layers last; of the mapping's, all but the multiplier show
 * in its tensors.
 */
function settingsOf({ kwargs, children }: ModuleNode): Settings {
  const { mapping_kwargs: mapping, synthesis_kwargs: synthesis, ...own } = kwargs;
  const multiplier = children.get('mapping')?.kwargs.lr_multiplier ?? record(mapping).lr_multiplier;
  return {
    ...own,
    ...record(synthesis),
    ...children.get('synthesis')?.kwargs,
    ...(multiplier === undefined ? {} : { mapping_lr_multiplier: multiplier }),
  };
}

const record = (value: Plain | undefined): Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Settings) : {};
