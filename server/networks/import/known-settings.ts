import type { Plain } from '../../weights/plain.ts';
import type { TensorInfo } from '../../weights/tensor-file.ts';

/**
 * Every attribute that the layers of stylegan2-ada-pytorch and stylegan3 have, by what becomes of it. A test holds this
 * list to the layers of real files.
 */
const known: Readonly<Record<string, readonly string[]>> = {
  /** Kept with the pack, or multiplied into the weights. */
  obeyed: [
    ...['conv_clamp', 'act_gain', 'weight_gain', 'bias_gain', 'output_scale', 'margin_size', 'num_critical'],
    ...['up_factor', 'down_factor', 'up_taps', 'down_taps', 'down_radial', 'padding', 'size', 'sampling_rate'],
    'bandwidth',
  ],
  /** Must be what this program draws, see `requiredSettings`. */
  required: ['img_channels', 'activation', 'up', 'down', 'is_torgb'],
  /** Shows in the names and shapes of the tensors. */
  shown: [
    ...['z_dim', 'c_dim', 'w_dim', 'img_resolution', 'img_resolution_log2', 'block_resolutions', 'num_ws'],
    ...['num_layers', 'in_channels', 'out_channels', 'in_features', 'out_features', 'channels', 'resolution'],
    ...['is_last', 'architecture', 'num_conv', 'num_torgb', 'use_noise', 'layer_names', 'conv_kernel', 'in_size'],
    ...['out_size', 'embed', 'bias'],
  ],
  /** Has done its work when the filters were designed, which are in the file. */
  designed: [
    ...['in_sampling_rate', 'out_sampling_rate', 'tmp_sampling_rate', 'in_cutoff', 'out_cutoff', 'in_half_width'],
    ...['out_half_width', 'is_critically_sampled'],
  ],
  /** Training, and how the arithmetic is arranged on a graphics card. */
  without: [
    ...['w_avg_beta', 'magnitude_ema_beta', 'use_fp16', 'num_fp16_res', 'channels_last', 'fused_modconv_default'],
    ...['trainable_layers', 'fused_modconv'],
  ],
};

const all = new Set(Object.values(known).flat());

export const isKnownSetting = (attribute: string): boolean => all.has(attribute);

/** What a layer's attributes must be, where they are there: other values are refused. */
export function requiredSettings(
  name: string,
  className: string,
  tensors: ReadonlyMap<string, TensorInfo>,
): { readonly [attribute: string]: Plain } {
  const kernel = tensors.get(`${name}.weight`)?.shape[2] ?? 1;
  switch (className) {
    case 'SynthesisNetwork':
    case 'Generator':
      return { img_channels: 3 };
    case 'FullyConnectedLayer':
      return { activation: /^mapping\.fc\d+$/.test(name) ? 'lrelu' : 'linear' };
    case 'Conv2dLayer':
      return { activation: 'linear', up: 2, down: 1, padding: 0 };
    case 'SynthesisLayer':
      return isStyleGan2(name)
        ? { activation: 'lrelu', up: name.endsWith('.conv0') ? 2 : 1, padding: Math.floor(kernel / 2) }
        : { is_torgb: isLast(name, tensors) };
    default:
      return {};
  }
}

/** StyleGAN2 names its layers by the size of their block, StyleGAN3 numbers them. */
export const isStyleGan2 = (name: string): boolean => /^synthesis\.b\d+\./.test(name);

/** Whether a layer of StyleGAN3 is the last one. */
function isLast(name: string, tensors: ReadonlyMap<string, TensorInfo>): boolean {
  const numbers = [...tensors.keys()].map((key) => Number(/^synthesis\.L(\d+)_/.exec(key)?.[1] ?? -1));
  return Number(/\.L(\d+)_/.exec(name)?.[1]) === Math.max(...numbers);
}
