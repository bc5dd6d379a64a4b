import { FamiliarError, messageOf } from '../errors.ts';

/** FFmpeg's libraries, which come inside an npm package for each platform, are not there or do not start. */
export const ffmpegMissing = (platform: string, cause: unknown): FamiliarError =>
  new FamiliarError(
    'FFMPEG_MISSING',
    `Videos cannot be read or written here: FFmpeg for ${platform} is not installed. ` +
      `Run "npm ci" again without --omit=optional; if that does not help, node-av has no build for this platform.`,
    { cause },
  );

export const codecMissing = (codec: string, encoder: string): FamiliarError =>
  new FamiliarError(
    'CODEC_MISSING',
    `This FFmpeg cannot write ${codec} (it has no ${encoder}). Choose another codec; h264 is the one most have.`,
  );

export const videoSettings = (path: string, problem: string): FamiliarError =>
  new FamiliarError('VIDEO_SETTINGS', `${path}: ${problem}.`);

export const videoEmpty = (path: string): FamiliarError =>
  new FamiliarError('VIDEO_EMPTY', `${path}: no frame was written, so there is no video.`);

export const videoFailed = (path: string, cause: unknown): FamiliarError =>
  new FamiliarError('VIDEO_FAILED', `${path}: the video could not be written (${messageOf(cause)}).`, { cause });

export const videoUnreadable = (path: string, cause: unknown): FamiliarError =>
  new FamiliarError(
    'VIDEO_UNREADABLE',
    `${path}: this is not a video that can be played (${messageOf(cause)}). Make it again or choose another file.`,
    { cause },
  );
