import { crc32 } from 'node:zlib';
import { sharp } from '../image/sharp.ts';
import type { PictureSample } from './picture-watch.ts';

const side = 32;

/** Samples a compressed picture. Rejects where it cannot be decoded. */
export async function sampleOf(bytes: Uint8Array): Promise<PictureSample> {
  const grey = await sharp(bytes).resize(side, side, { fit: 'fill' }).greyscale().raw().toBuffer();
  return { digest: crc32(bytes), bright: brightOf(grey) };
}

/** The 95th percentile of luma. */
export function brightOf(luma: Uint8Array): number {
  const sorted = Uint8Array.from(luma).sort();
  return sorted[Math.floor(0.95 * (sorted.length - 1))] ?? 0;
}
