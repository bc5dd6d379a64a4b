import { FamiliarError } from '../errors.ts';

const readable = 'JPEG, PNG, WebP, AVIF, GIF or TIFF';

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
  damaged: (name: string, cause: unknown) =>
    new FamiliarError('IMAGE_DAMAGED', `${name}: the picture is damaged or incomplete. Copy or save it again.`, {
      cause,
    }),
  tooSlow: (name: string, seconds: number, cause: unknown) =>
    new FamiliarError(
      'IMAGE_TOO_SLOW',
      `${name}: decoding took longer than ${seconds} s and was given up. Save the picture smaller, as JPEG.`,
      { cause },
    ),
};
