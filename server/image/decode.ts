import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { fileError } from '../files/errors.ts';
import { isBeyond16Bits, managed } from './colour-management.ts';
import { imageErrors } from './errors.ts';
import { fileFormat, SIGNATURE_BYTES } from './image-format.ts';
import type { RgbImage } from './rgb-image.ts';
import { sharp } from './sharp.ts';

/** A file's path, or bytes with a name for the sentences of errors. */
export type ImageSource = string | { readonly name: string; readonly bytes: Uint8Array };

export interface ImageLimits {
  readonly maxBytes: number;
  /** Longest side in pixels. */
  readonly maxSide: number;
  readonly maxPixels: number;
  readonly maxSeconds: number;
}

/** Room for the largest cameras that people carry (200 megapixels), not for files made to fill the memory. */
export const defaultLimits: ImageLimits = { maxBytes: 512e6, maxSide: 16_500, maxPixels: 202e6, maxSeconds: 60 };

/** For live previews, which are asked for with 640 px a side. */
export const previewLimits: ImageLimits = { maxBytes: 8e6, maxSide: 4_096, maxPixels: 4.2e6, maxSeconds: 5 };

/** Part of a picture in pixels. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface ReadOptions {
  /** Reduces the picture, or its area, to fit a square of so many pixels. Never enlarges. */
  readonly within?: number;
  /** Only this part, in pixels of the whole upright picture. */
  readonly area?: Area;
}

/** A picture whose header has been read and found good. `width` and `height` are those of the upright picture. */
export interface OpenedImage {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /**
   * Decodes to 8-bit sRGB: turned upright by its EXIF orientation; converted from its ICC profile, CMYK, grey, palette or
   * 16 bits; laid over mid-grey where it is transparent; the first picture of several. JPEGs that are read `within` a
   * fraction of their size are reduced while they are decoded, so that 50 megapixels cost little time or memory.
   *
   * @throws FamiliarError IMAGE_DAMAGED, IMAGE_FORMAT_UNSUPPORTED or IMAGE_TOO_SLOW.
   */
  read(options?: ReadOptions): Promise<RgbImage>;
}

/** Neither swallows dark hair nor bleaches light hair. */
const BEHIND_TRANSPARENCY = '#808080';

/**
 * Looks at a picture's first bytes and header, without decoding it.
 *
 * @throws FamiliarError IMAGE_EMPTY, IMAGE_NOT_A_FILE, IMAGE_NOT_RECOGNISED, IMAGE_FORMAT_UNSUPPORTED,
 * IMAGE_FILE_TOO_LARGE, IMAGE_TOO_LARGE, IMAGE_DAMAGED, or what the operating system says of the file.
 */
export async function openImage(source: ImageSource, limits: ImageLimits = defaultLimits): Promise<OpenedImage> {
  const { name, input, size, start } = await look(source);
  if (size === 0) throw imageErrors.empty(name);
  const format = fileFormat(start);
  if (format === null) throw imageErrors.notAnImage(name);
  if (format.kind === 'other') throw imageErrors.noPicture(name, format.name);
  if (format.kind !== 'readable') throw imageErrors.unsupported(name, format.name);
  if (size > limits.maxBytes) throw imageErrors.tooManyBytes(name, Math.round(limits.maxBytes / 1e6));

  // Many phones write JPEGs that decoders warn about and that are fine; truncation counts as an error. The number of
  // pixels is checked here, by the header, so that the sentence can say what it is.
  const options = { failOn: 'error', limitInputPixels: false, autoOrient: true } as const;
  const header = await sharp(input, options)
    .metadata()
    .catch((cause) => {
      throw imageErrors.undecodable(name, format.name, cause);
    });
  if (isBeyond16Bits(header)) throw imageErrors.unsupported(name, `a ${format.name} of 32 bits`);
  const { width, height } = header.autoOrient;
  if (Math.max(width, height) > limits.maxSide || width * height > limits.maxPixels) {
    throw imageErrors.tooManyPixels(name, width, height, limits.maxSide, Math.floor(limits.maxPixels / 1e6));
  }

  const read = async ({ within, area }: ReadOptions = {}): Promise<RgbImage> => {
    try {
      let pipeline = await managed(input, header, options);
      if (area !== undefined) pipeline = pipeline.extract(area);
      if (within !== undefined) pipeline = pipeline.resize(within, within, { fit: 'inside', withoutEnlargement: true });
      const { data, info } = await pipeline
        .flatten({ background: BEHIND_TRANSPARENCY })
        .toColourspace('srgb')
        .timeout({ seconds: limits.maxSeconds })
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, data };
    } catch (cause) {
      if (String(cause).includes('timeout')) throw imageErrors.tooSlow(name, limits.maxSeconds, cause);
      throw imageErrors.undecodable(name, format.name, cause);
    }
  };
  return { name, width, height, read };
}

/** Opens and reads in one go, see `openImage` and `OpenedImage.read`. */
export async function decodeImage(source: ImageSource, options?: ReadOptions): Promise<RgbImage> {
  return (await openImage(source)).read(options);
}

/** A named pipe is opened at once, and then refused, instead of waiting for somebody to write into it. */
const NOT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

interface Look {
  readonly name: string;
  readonly input: string | Uint8Array;
  readonly size: number;
  readonly start: Uint8Array;
}

async function look(source: ImageSource): Promise<Look> {
  if (typeof source !== 'string') {
    const { name, bytes } = source;
    return { name, input: bytes, size: bytes.byteLength, start: bytes.subarray(0, SIGNATURE_BYTES) };
  }
  try {
    const file = await open(source, NOT_WAITING);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw imageErrors.notAFile(source);
      const { buffer, bytesRead } = await file.read(new Uint8Array(SIGNATURE_BYTES), 0, SIGNATURE_BYTES, 0);
      return { name: source, input: source, size: stats.size, start: buffer.subarray(0, bytesRead) };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw fileError(source, cause);
  }
}
