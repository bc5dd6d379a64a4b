import type { ModuleNode } from '../../weights/persistent-modules.ts';
import type { Plain } from '../../weights/plain.ts';
import { planStyleGan3, readStyleGan3Settings } from '../stylegan3-plan.ts';

type Metadata = Readonly<Record<string, string>>;

/** What the synthesis network says of itself; its layers' numbers follow from these. */
const ofNetwork = ['img_resolution', 'num_layers', 'num_critical', 'margin_size', 'output_scale'];

/**
 * Settings of a StyleGAN3 as its network and layers say them, over those that its constructor was called with: for the
 * metadata, those of single layers (`synthesis.L3.up_factor`) only where they do not follow from the others.
 * Throws WEIGHTS_SETTINGS.
 */
export function readStyleGan3Layers(root: ModuleNode, given: Metadata, source: string): Metadata {
  const synthesis = root.children.get('synthesis');
  if (!synthesis) return given;
  const layers = [...synthesis.children].flatMap(([name, { attributes }]) => (/^L\d+_/.test(name) ? [attributes] : []));
  const said = ofNetwork.flatMap((key): [string, string][] => entry(key, synthesis.attributes[key]));
  const metadata: Record<string, string> = { ...given, ...Object.fromEntries(said) };
  const first = layers[0];
  if (first) Object.assign(metadata, Object.fromEntries(entry('conv_kernel', first.conv_kernel)));
  if (layers.some(({ down_radial: isRadial }) => typeof isRadial === 'boolean')) {
    metadata.use_radial_filters = String(layers.some(({ down_radial: isRadial }) => isRadial === true));
  }
  if (!('img_resolution' in metadata)) return metadata;
  const plan = planStyleGan3(readStyleGan3Settings(metadata, source));
  layers.forEach((attributes, i) => {
    const { up, down, upTaps, downTaps, isDownRadial, padding } = plan.layers[i] ?? {};
    const [left, right] = Array.isArray(attributes.padding) ? attributes.padding : [];
    addWhereOther(metadata, `synthesis.L${i}`, [
      ['up_factor', attributes.up_factor, up],
      ['down_factor', attributes.down_factor, down],
      ['up_taps', attributes.up_taps, upTaps],
      ['down_taps', attributes.down_taps, downTaps],
      ['down_radial', asNumber(attributes.down_radial), isDownRadial && 1],
      ['padding_before', left, padding?.[0]],
      ['padding_after', right, padding?.[1]],
    ]);
  });
  const { size, sampling_rate: rate, bandwidth } = synthesis.children.get('input')?.attributes ?? {};
  addWhereOther(metadata, 'synthesis.input', [
    ['size', Array.isArray(size) ? size[0] : size, plan.input.size],
    ['sampling_rate', rate, plan.input.samplingRate],
    ['bandwidth', bandwidth, plan.input.bandwidth],
  ]);
  return metadata;
}

/** What is not square: this program draws squares. */
export function notSquare(root: ModuleNode): string[] {
  const parts = [...(root.children.get('synthesis')?.children ?? [])];
  return parts.flatMap(([name, { attributes }]) => {
    const { padding, size, in_size: inSize, out_size: outSize } = attributes;
    const [left, right, top, bottom] = Array.isArray(padding) ? padding : [0, 0, 0, 0];
    const sizes = [size, inSize, outSize].filter((pair): pair is readonly Plain[] => Array.isArray(pair));
    const isSquare = left === top && right === bottom && sizes.every(([width, height]) => width === height);
    return isSquare ? [] : [`synthesis.${name} is not square`];
  });
}

type Compared = readonly [key: string, said: Plain | undefined, planned: number | false | undefined];

function addWhereOther(metadata: Record<string, string>, name: string, numbers: readonly Compared[]): void {
  for (const [key, said, planned] of numbers) {
    if (typeof said === 'number' && Math.abs(said - Number(planned || 0)) > 1e-9)
      metadata[`${name}.${key}`] = `${said}`;
  }
}

const entry = (key: string, value: Plain | undefined): [string, string][] =>
  typeof value === 'number' ? [[key, String(value)]] : [];

const asNumber = (value: Plain | undefined): Plain | undefined => (typeof value === 'boolean' ? Number(value) : value);
