/** A way in which public code names the tensors of a generator. */
export interface PublicLayout {
  /** What an import calls it. */
  readonly title: string;
  /** The code that writes it. */
  readonly code: string;
  /** A tensor that tells it. */
  readonly mark: string;
}

/** Every layout that is read; docs/public-networks.md has this table, and a test keeps the two equal. */
export const layouts = {
  stylegan3t: {
    title: 'StyleGAN3-T',
    code: 'NVlabs/stylegan3 (.pkl, state dicts)',
    mark: 'synthesis.input.freqs',
  },
  stylegan3r: {
    title: 'StyleGAN3-R',
    code: 'NVlabs/stylegan3 (.pkl, state dicts)',
    mark: 'synthesis.input.freqs',
  },
  nvidia: {
    title: 'StyleGAN2 (PyTorch, NVIDIA)',
    code: 'NVlabs/stylegan2-ada-pytorch, NVlabs/stylegan3 --cfg=stylegan2, PTI (.pkl, .pt, state dicts)',
    mark: 'synthesis.b4.const',
  },
  rosinality: {
    title: 'StyleGAN2 (PyTorch, rosinality)',
    code: 'rosinality/stylegan2-pytorch, pSp, e4e, ReStyle, and other encoders around it (.pt)',
    mark: 'input.input',
  },
  basicSr: {
    title: 'StyleGAN2 (PyTorch, BasicSR)',
    code: 'XPixelGroup/BasicSR StyleGAN2Generator, and the decoder of GFPGANv1 (.pth)',
    mark: 'constant_input.weight',
  },
  gfpgan: {
    title: 'StyleGAN2 (PyTorch, GFPGAN)',
    code: 'StyleGAN2GeneratorClean: the decoder of GFPGANCleanv1-NoCE-C2, GFPGAN 1.2, 1.3 and 1.4 (.pth)',
    mark: 'constant_input.weight',
  },
  tensorflow: {
    title: 'StyleGAN2 (TensorFlow)',
    code: 'NVlabs/stylegan2, NVlabs/stylegan2-ada (.pkl)',
    mark: 'synthesis/4x4/Conv/mod_weight',
  },
  tensorflow2018: {
    title: 'StyleGAN (2018, TensorFlow)',
    code: 'NVlabs/stylegan (.pkl)',
    mark: 'synthesis/4x4/Const/StyleMod/weight',
  },
} as const satisfies Readonly<Record<string, PublicLayout>>;
