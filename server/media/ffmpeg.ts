import { constants } from 'node:os';
import { ffmpegMissing } from './errors.ts';

export type { CodecContext, FormatContext, Frame, Packet, Stream } from 'node-av/lib';

type Library = typeof import('node-av/lib');
type Constants = typeof import('node-av/constants');

/** FFmpeg's own names: contexts, frames and packets from `node-av/lib`, constants from `node-av/constants`. */
export type Ffmpeg = Library & Constants;

let loading: Promise<Ffmpeg> | undefined;

/**
 * FFmpeg, as the `node-av` package brings it: its libraries sit inside the package, so no `ffmpeg` need be installed.
 * This is the only file that imports it. It is loaded when first asked for, since that takes 50 ms and most commands
 * never do.
 *
 * Two rules for whoever uses it:
 * - Options go in by `setOption` or, as a Dictionary, into the asynchronous calls. `open2Sync` with a Dictionary frees it
 *   twice and crashes the process at some later garbage collection (node-av 6.1.1).
 * - Contexts, frames and packets hold memory that the garbage collector cannot see: free them by hand.
 */
export function loadFfmpeg(): Promise<Ffmpeg> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Ffmpeg> {
  // SVT-AV1 reads this when it starts, and otherwise prints twenty lines of settings to stderr for each video.
  process.env.SVT_LOG ??= '0';
  try {
    const [library, values] = await Promise.all([import('node-av/lib'), import('node-av/constants')]);
    // Failures come back as codes and are put into words by the caller; FFmpeg need not print them as well.
    library.Log.setLevel(values.AV_LOG_FATAL);
    return { ...library, ...values };
  } catch (cause) {
    throw ffmpegMissing(`${process.platform}-${process.arch}`, cause);
  }
}

/**
 * The error for a negative result of FFmpeg. Where the code is one of the operating system's, `code` is its name
 * (`ENOSPC`), as on errors of node:fs, so that both are put into words in one place.
 */
export function ffmpegError(ffmpeg: Ffmpeg, result: number, doing: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${doing}: ${ffmpeg.FFmpegError.strerror(result)}`);
  const name = Object.entries(constants.errno).find(([, value]) => value === -result)?.[0];
  if (name !== undefined) error.code = name;
  return error;
}

/** Passes a result of FFmpeg on, or throws `ffmpegError`. */
export function checked(ffmpeg: Ffmpeg, result: number, doing: string): number {
  if (result < 0) throw ffmpegError(ffmpeg, result, doing);
  return result;
}
