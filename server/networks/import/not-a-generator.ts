import type { OpenedWeights } from '../../weights/opened-weights.ts';

/** What a file without a generator is and what to do with it: one sentence without a full stop. */
export function whatElse(opened: OpenedWeights): string {
  const shapes = [...opened.tensors.tensors];
  const has = (pattern: RegExp) => shapes.some(([name]) => pattern.test(name));
  if (has(/(^|[./])(b4\.(fc|out|mbstd)\.|final_linear\.|4x4\/Dense\d\/)/)) {
    return 'this is a discriminator, the half of a GAN that judges faces and makes none. Fetch the file with the generator (G_ema, g_ema or Gs)';
  }
  if (has(/^(net\.)?features\.\d+\.|^lin\d\.model|^layers\.conv1\./)) {
    return 'this is a perceptual network, not a generator. Import it with --as perceptual';
  }
  if (has(/^(lat_)?comp$/)) {
    return 'this is a table of directions (GANSpace). Import one of them with --as direction, --component and --pack';
  }
  const isLatent =
    opened.kind === 'array' || shapes.every(([, { shape }]) => /^(1,)*(\d+,)?512$/.test(shape.join(',')));
  if (isLatent) {
    return 'this is one array, perhaps a latent or a direction. Import it with --as latent or --as direction and --pack';
  }
  return 'this network is of no architecture that this program knows (StyleGAN, StyleGAN2, StyleGAN3)';
}
