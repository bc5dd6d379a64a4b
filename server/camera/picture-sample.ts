import { crc32 } from 'node:zlib';
import { type ImageLimits, previewLimits } from '../image/decode.ts';
import type { ImageDecoder } from '../image/decoder.ts';
import type { PictureSample } from './picture-watch.ts';

const side = 32;

/** Samples a compressed picture. Rejects where it cannot be decoded within the limits. */
export async function sampleOf(
  bytes: Uint8Array,
  decoder: ImageDecoder,
  limits: ImageLimits = previewLimits,
): Promise<PictureSample> {
  const { data } = await decoder.decode({ name: 'preview', bytes }, { within: side }, limits);
  const luma = new Uint8Array(data.length / 3);
  for (let i = 0; i < luma.length; i++) {
    luma[i] = Math.round(0.2126 * data[3 * i] + 0.7152 * data[3 * i + 1] + 0.0722 * data[3 * i + 2]);
  }
  return { digest: crc32(bytes), bright: brightOf(luma) };
}

/** The 95th percentile of luma. */
export function brightOf(luma: Uint8Array): number {
  const sorted = Uint8Array.from(luma).sort();
  return sorted[Math.floor(0.95 * (sorted.length - 1))] ?? 0;
}
