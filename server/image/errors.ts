import { FamiliarError } from '../errors.ts';

const readable = 'JPEG, PNG, WebP, AVIF, GIF or TIFF';

/** Decoders' words for files that are whole and beyond them: 12-bit JPEG, compressions of TIFF, 8-bit Lab. */
const beyondDecoder = /unsupported jpeg|not implemented|not configured|omitted at compile|bad labq/i;

/** Pictures that cannot be used, each with what to do about it. `name` is the file's path or what stands for it. */
export const imageErrors = {
  empty: (name: string) =>
    new FamiliarError('IMAGE_EMPTY', `${name}: the file is empty. Copy it again from where it came.`),
  notAFile: (name: string) =>
    new FamiliarError('IMAGE_NOT_A_FILE', `${name}: this is no file. Give the path of a photograph.`),
  notAnImage: (name: string) =>
    new FamiliarError('IMAGE_NOT_RECOGNISED', `${name}: this is no picture. Give a photograph as ${readable}.`),
  unsupported: (name: string, format: string) =>
    new FamiliarError(
      'IMAGE_FORMAT_UNSUPPORTED',
      `${name}: ${format} cannot be read here. Save the picture as ${readable} and try again.`,
    ),
  noPicture: (name: string, format: string) =>
    new FamiliarError(
      'IMAGE_FORMAT_UNSUPPORTED',
      `${name}: this is ${format}, no photograph. Give a photograph as ${readable}.`,
    ),
  tooManyBytes: (name: string, megabytes: number) =>
    new FamiliarError(
      'IMAGE_FILE_TOO_LARGE',
      `${name}: the file is larger than ${megabytes} MB. Save the picture as JPEG and try again.`,
    ),
  tooManyPixels: (name: string, width: number, height: number, side: number, megapixels: number) =>
    new FamiliarError(
      'IMAGE_TOO_LARGE',
      `${name}: ${width} x ${height} pixels are too many. Make it smaller than ${side} pixels a side and ${megapixels} megapixels.`,
    ),
  tooMuchMemory: (name: string) =>
    new FamiliarError(
      'IMAGE_TOO_LARGE',
      `${name}: decoding it needs more memory than this computer has for a picture. Save it smaller, as JPEG.`,
    ),
  decoderStopped: (name: string, reason: string) =>
    new FamiliarError('IMAGE_DECODER_STOPPED', `${name}: it could not be decoded (${reason}). Try again.`),
  /** What a decoder says of a file whose beginning is good: that it cannot do this, or that the file is broken. */
  undecodable: (name: string, format: string, cause: unknown) =>
    beyondDecoder.test(String(cause))
      ? new FamiliarError(
          'IMAGE_FORMAT_UNSUPPORTED',
          `${name}: this kind of ${format} cannot be read here. Save the picture as an ordinary JPEG and try again.`,
          { cause },
        )
      : new FamiliarError('IMAGE_DAMAGED', `${name}: the picture is damaged or incomplete. Copy or save it again.`, {
          cause,
        }),
  tooSlow: (name: string, seconds: number, cause: unknown) =>
    new FamiliarError(
      'IMAGE_TOO_SLOW',
      `${name}: decoding took longer than ${seconds} s and was given up. Save the picture smaller, as JPEG.`,
      { cause },
    ),
};
