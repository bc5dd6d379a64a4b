import type { ModuleNode } from '../../server/weights/persistent-modules.ts';
import type { Plain } from '../../server/weights/plain.ts';
import type { TensorFile } from '../../server/weights/tensor-file.ts';
import { dict, type Item } from '../weights/pickle-writer.ts';
import { nvidiaModule, type View } from '../weights/torch-writer.ts';

type Attributes = Readonly<Record<string, Plain>>;
/** Changes what a layer says of itself. */
export type Change = (name: string, attributes: Attributes) => Attributes;

/** Changes the attributes of the layers whose name matches. */
export const where =
  (pattern: RegExp, attributes: Attributes): Change =>
  (name, own) =>
    pattern.test(name) ? { ...own, ...attributes } : own;

/**
 * The modules that NVIDIA's code builds for a StyleGAN2 of these tensors, with the attributes that it gives them and the
 * constructor's arguments `kwargs`.
 */
export function moduleTree(file: TensorFile, change: Change = (_, own) => own, kwargs: Attributes = {}): ModuleNode {
  const node = (name: string, className: string, own: Attributes, parts: readonly string[]): ModuleNode => ({
    className,
    args: [],
    kwargs: name === '' ? kwargs : {},
    attributes: change(name, own),
    children: new Map(parts.map((part) => [part, layer(name === '' ? part : `${name}.${part}`)])),
  });
  const parts = (name: string): string[] => {
    const under = [...file.tensors.keys()].filter((key) => key.startsWith(name === '' ? '' : `${name}.`));
    const rests = under.map((key) => key.slice(name === '' ? 0 : name.length + 1).split('.'));
    return [...new Set(rests.flatMap(([part, ...more]) => (more.length > 0 ? [part] : [])))];
  };
  const layer = (name: string): ModuleNode => node(name, classOf(name), attributesOf(name, file), parts(name));
  return node('', 'Generator', { img_channels: 3 }, parts(''));
}

function classOf(name: string): string {
  if (name === 'mapping') return 'MappingNetwork';
  if (name === 'synthesis') return 'SynthesisNetwork';
  if (/\.b\d+$/.test(name)) return 'SynthesisBlock';
  if (/\.conv\d$/.test(name)) return 'SynthesisLayer';
  if (/\.torgb$/.test(name)) return 'ToRGBLayer';
  if (/\.skip$/.test(name)) return 'Conv2dLayer';
  return 'FullyConnectedLayer';
}

function attributesOf(name: string, { tensors }: TensorFile): Attributes {
  const [, ...inputs] = tensors.get(`${name}.weight`)?.shape ?? [];
  const gain = 1 / Math.sqrt(inputs.reduce((a, b) => a * b, 1));
  switch (classOf(name)) {
    case 'SynthesisNetwork':
      return { img_channels: 3 };
    case 'SynthesisLayer':
      return {
        ...{ up: name.endsWith('conv0') ? 2 : 1, use_noise: true, activation: 'lrelu', conv_clamp: null, padding: 1 },
        act_gain: Math.SQRT2,
      };
    case 'ToRGBLayer':
      return { conv_clamp: null, weight_gain: gain };
    case 'Conv2dLayer':
      return {
        ...{ activation: 'linear', up: 2, down: 1, conv_clamp: null, padding: 0, weight_gain: gain, act_gain: 1 },
        bias: null,
      };
    case 'FullyConnectedLayer':
      return name.startsWith('mapping.fc')
        ? { activation: 'lrelu', weight_gain: gain * 0.01, bias_gain: 0.01 }
        : { activation: 'linear', weight_gain: gain, bias_gain: 1 };
    default:
      return {};
  }
}

/** The same tree as NVIDIA's code pickles it. */
export function pickledModule(tree: ModuleNode, file: TensorFile, tensor: (view: View) => Item, name = ''): Item {
  const own = [...file.tensors].flatMap(([key, { shape }]): [string, Item][] => {
    const rest = name === '' ? key : key.startsWith(`${name}.`) ? key.slice(name.length + 1) : '.';
    if (rest.includes('.')) return [];
    return [[rest, tensor({ storage: { type: 'FloatStorage', data: file.read(key) }, shape })]];
  });
  const modules = [...tree.children].map(([part, child]): [string, Item] => [
    part,
    pickledModule(child, file, tensor, name === '' ? part : `${name}.${part}`),
  ]);
  return nvidiaModule(tree.className, {
    _parameters: dict(Object.fromEntries(own)),
    _buffers: dict({}),
    _modules: dict(Object.fromEntries(modules)),
    _init_kwargs: dict(tree.kwargs as Readonly<Record<string, Item>>),
    ...(tree.attributes as Readonly<Record<string, Item>>),
  });
}
