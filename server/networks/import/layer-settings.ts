import type { ModuleNode } from '../../weights/persistent-modules.ts';
import type { Plain } from '../../weights/plain.ts';
import type { TensorInfo } from '../../weights/tensor-file.ts';
import { LRELU_GAIN } from '../layers.ts';
import { isKnownSetting, requiredSettings } from './known-settings.ts';

/** What the layers of a network of NVIDIA's say of themselves, as the loader needs it. */
export interface LayerSettings {
  /** For the metadata: the most common `conv_clamp`, and what single layers have that others have not. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Factors to multiply into tensors, by their names. */
  readonly factors: ReadonlyMap<string, number>;
  /** What this program does not draw, a sentence each without a full stop. */
  readonly problems: readonly string[];
  /** Names of settings that this program does not know. */
  readonly unknown: readonly string[];
}

type Tensors = ReadonlyMap<string, TensorInfo>;

/** A part of a network and its name: `synthesis.b8.conv0`. */
interface Part {
  readonly name: string;
  readonly node: ModuleNode;
}

/**
 * Reads every setting of every layer. They win over the constructor's arguments, which leave out what was a default in
 * the code that wrote the file. `tensors` are the network's, named as its parts.
 */
export function readLayerSettings(root: ModuleNode, tensors: Tensors): LayerSettings {
  const parts = [...allParts(root, '')];
  const multiplier = numberIn(parts.find(({ name }) => name === 'mapping.fc0')?.node.attributes.bias_gain);
  const metadata: Record<string, string> = {
    ...(multiplier === undefined ? {} : { mapping_lr_multiplier: String(multiplier) }),
    ...clamps(parts),
  };
  const factors = new Map<string, number>();
  for (const part of parts) {
    addGains(part, tensors, multiplier ?? 0.01, factors);
    const gain = numberIn(part.node.attributes.act_gain);
    if (isStyled(part) && gain !== undefined && differs(gain, LRELU_GAIN))
      metadata[`${part.name}.act_gain`] = `${gain}`;
  }
  return {
    metadata,
    factors,
    problems: parts.flatMap((part) => problemsOf(part, tensors)),
    unknown: [...new Set(parts.flatMap(({ node }) => Object.keys(node.attributes).filter((a) => !isKnownSetting(a))))],
  };
}

function* allParts(node: ModuleNode, name: string): Generator<Part> {
  yield { name, node };
  for (const [key, child] of node.children) yield* allParts(child, name === '' ? key : `${name}.${key}`);
}

const isStyled = ({ node }: Part): boolean => node.className === 'SynthesisLayer';

/** The clamp that most layers have as that of all; others under their own names. Empty stands for None. */
function clamps(parts: readonly Part[]): Record<string, string> {
  const said = parts.flatMap(({ name, node }): [string, string][] => {
    const { conv_clamp: clamp } = node.attributes;
    return /\.skip$/.test(name) || clamp === undefined ? [] : [[name, clamp === null ? '' : String(clamp)]];
  });
  const skips = parts.flatMap(({ name, node }): [string, string][] => {
    const clamp = numberIn(node.attributes.conv_clamp);
    return /\.skip$/.test(name) && clamp !== undefined ? [[`${name}.conv_clamp`, String(clamp)]] : [];
  });
  const counts = new Map<string, number>();
  for (const [, clamp] of said) counts.set(clamp, (counts.get(clamp) ?? 0) + 1);
  const [common] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  if (common === undefined) return Object.fromEntries(skips);
  const others = said.filter(([, clamp]) => clamp !== common);
  return {
    conv_clamp: common,
    ...Object.fromEntries([
      ...others.map(([name, clamp]): [string, string] => [`${name}.conv_clamp`, clamp]),
      ...skips,
    ]),
  };
}

/** Gains other than those that the loader computes from the sizes go into the tensors. */
function addGains({ name, node }: Part, tensors: Tensors, multiplier: number, factors: Map<string, number>): void {
  const weightGain = numberIn(node.attributes.weight_gain);
  const biasGain = numberIn(node.attributes.bias_gain);
  const [, ...inputs] = tensors.get(`${name}.weight`)?.shape ?? [];
  const fanIn = inputs.reduce((a, b) => a * b, 1);
  const learning = /^mapping\.fc\d+$/.test(name) ? multiplier : 1;
  const expected = learning / Math.sqrt(fanIn);
  const actGain = isStyled({ name, node }) ? 1 : (numberIn(node.attributes.act_gain) ?? 1);
  const factor = ((weightGain ?? expected) / expected) * actGain;
  if (differs(factor, 1)) factors.set(`${name}.weight`, factor);
  if (biasGain !== undefined && differs(biasGain, learning)) factors.set(`${name}.bias`, biasGain / learning);
}

/** What a layer is that the loader's are not. */
function problemsOf({ name, node }: Part, tensors: Tensors): string[] {
  const wrong = Object.entries(requiredSettings(name, node.className, tensors)).flatMap(([key, wanted]) => {
    const value = node.attributes[key];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(wanted)) return [];
    return [
      `${name || 'it'} has ${key} = ${JSON.stringify(value)}, and this program draws ${JSON.stringify(wanted)} only`,
    ];
  });
  return tensors.has(`${name}.bias`) && /\.skip$/.test(name) ? [...wrong, `${name} has a bias`] : wrong;
}

const numberIn = (value: Plain | undefined): number | undefined => (typeof value === 'number' ? value : undefined);

const differs = (a: number, b: number): boolean => !(Math.abs(a / b - 1) < 1e-6);
