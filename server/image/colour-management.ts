import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { sharp } from './sharp.ts';

/**
 * Whether the values of a picture have 32 bits or more and nobody could say what they mean: whole numbers, or fractions with
 * a profile. Fractions without one are linear light (scRGB), which is read.
 */
export function isBeyond16Bits({ depth, space, hasProfile }: Metadata): boolean {
  if (space.startsWith('lab')) return false;
  return (
    ['uint', 'int', 'double', 'complex', 'dpcomplex'].includes(depth) || (depth === 'float' && hasProfile === true)
  );
}

/**
 * A decoder whose pixels, once converted to sRGB, are the colours that the picture's profile means. sharp does that for 8
 * bits; 16 bits it takes to Display P3 and calls them sRGB, and grey of 16 bits it leaves as it is, so these two are
 * reduced to 8 bits before their profile is used.
 */
export async function managed(
  input: string | Uint8Array,
  { depth, space, hasProfile, autoOrient }: Metadata,
  options: SharpOptions,
): Promise<Sharp> {
  const pipeline = sharp(input, options);
  if (depth !== 'ushort' || hasProfile !== true) return pipeline;
  if (space !== 'grey16') return pipeline.pipelineColourspace('srgb');
  const { width, height } = autoOrient;
  const grey = await pipeline.toColourspace('b-w').keepIccProfile().png({ compressionLevel: 0 }).toBuffer();
  return sharp(grey, { ...options, limitInputPixels: width * height });
}
