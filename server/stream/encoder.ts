import type { RgbImage } from '../image/rgb-image.ts';
import { sharp } from '../image/sharp.ts';
import type { FrameRequest } from '../protocol/frame.ts';

/** A picture as it goes over the wire. */
export interface EncodedPicture {
  readonly width: number;
  readonly height: number;
  readonly payload: Uint8Array;
}

export interface EncoderOptions {
  /** Quality of JPEG and WebP, 1..100. */
  readonly quality: number;
  /** Longest side of any picture, px. */
  readonly size: number;
}

/**
 * Encodes pictures for displays: reduced to the size asked for, never enlarged. JPEG keeps colours at full resolution
 * (faces live in their colours), with the standard Huffman tables: its own ones would cost the processor more than the
 * rest of the picture and save 7 % of the bytes. WebP is written at its least effort, since it is thrown away in a
 * thirtieth of a second.
 */
export function createPictureEncoder({ quality, size }: EncoderOptions) {
  return async (image: RgbImage, request: FrameRequest): Promise<EncodedPicture> => {
    const scale = Math.min(1, Math.min(size, request.size) / Math.max(image.width, image.height));
    const width = Math.max(1, Math.round(image.width * scale));
    const height = Math.max(1, Math.round(image.height * scale));
    if (request.format === 'rgb' && scale === 1) return { width, height, payload: image.data };
    const source = sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } });
    const sized = scale === 1 ? source : source.resize(width, height, { fit: 'fill', kernel: 'mitchell' });
    if (request.format === 'rgb') return { width, height, payload: await sized.raw().toBuffer() };
    const encoded =
      request.format === 'jpeg'
        ? sized.jpeg({ quality, chromaSubsampling: '4:4:4', optimiseCoding: false })
        : sized.webp({ quality, effort: 0 });
    return { width, height, payload: await encoded.toBuffer() };
  };
}
