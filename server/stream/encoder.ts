import type { RgbImage } from '../image/rgb-image.ts';
import { sharp } from '../image/sharp.ts';
import type { Encoding, FrameRequest } from '../protocol/frame.ts';

/** What a client asked for, and where it is. */
export interface StreamRequest extends FrameRequest {
  /**
   * On this computer, without a wish of its own: compressing and decompressing a picture takes longer there than carrying
   * it over as it is, unless it is large.
   */
  readonly isLocal?: boolean;
}

/** A picture as it goes over the wire. */
export interface EncodedPicture {
  readonly encoding: Encoding;
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

/** Longest side of pictures that local clients get uncompressed, px: 24 MB/s at 30 a second. */
const largestRaw = 512;

/** From this longest side on, colours are sent at half the resolution, px: nobody sees it there, and it saves a quarter. */
const halvedColours = 512;

/**
 * Encodes pictures for displays: reduced to the size asked for, never enlarged. JPEG keeps the colours of small pictures
 * at full resolution (faces live in their colours), with the standard Huffman tables: its own ones would cost the
 * processor more than the rest of the picture and save 7 % of the bytes. WebP is written at its least effort, since it is
 * thrown away in a thirtieth of a second.
 */
export function createPictureEncoder({ quality, size }: EncoderOptions) {
  return async (image: RgbImage, request: StreamRequest): Promise<EncodedPicture> => {
    const scale = Math.min(1, Math.min(size, request.size) / Math.max(image.width, image.height));
    const width = Math.max(1, Math.round(image.width * scale));
    const height = Math.max(1, Math.round(image.height * scale));
    const side = Math.max(width, height);
    const encoding = request.isLocal && side <= largestRaw ? 'rgb' : request.format;
    if (encoding === 'rgb' && scale === 1) return { encoding, width, height, payload: image.data };
    const source = sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } });
    const sized = scale === 1 ? source : source.resize(width, height, { fit: 'fill', kernel: 'mitchell' });
    if (encoding === 'rgb') return { encoding, width, height, payload: await sized.raw().toBuffer() };
    const chromaSubsampling = side < halvedColours ? '4:4:4' : '4:2:0';
    const encoded =
      encoding === 'jpeg'
        ? sized.jpeg({ quality, chromaSubsampling, optimiseCoding: false })
        : sized.webp({ quality, effort: 0 });
    return { encoding, width, height, payload: await encoded.toBuffer() };
  };
}
