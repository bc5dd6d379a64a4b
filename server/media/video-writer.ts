import { stat } from 'node:fs/promises';
import { FamiliarError } from '../errors.ts';
import { replaceFile } from '../files/atomic.ts';
import { fileError } from '../files/errors.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import type { VideoCodec, VideoQuality } from './codecs.ts';
import { rgbFrame, yuvFrame } from './convert.ts';
import { type Encoder, openEncoder } from './encoder.ts';
import { videoEmpty, videoFailed } from './errors.ts';
import { type Ffmpeg, loadFfmpeg } from './ffmpeg.ts';
import { layOutPicture, padded } from './picture-layout.ts';

export interface VideoOptions {
  /** Size of the frames that will be written, at least 1 px. */
  readonly width: number;
  readonly height: number;
  /** Frames a second, 1 to 120. */
  readonly fps: number;
  /** `h264` where none is given. */
  readonly codec?: VideoCodec;
  /** `good` where none is given. */
  readonly quality?: VideoQuality;
  /** Shorter side that smaller frames are enlarged to, see `layOutPicture`; 512 px where none is given, 1 for never. */
  readonly minimumSize?: number;
  /** Threads of the encoder; 1 where none is given, since the projection wants the processor. */
  readonly threads?: number;
}

/** A video being written frame by frame. The file appears, whole, when it is finished. */
export interface VideoWriter {
  /** Size of the picture in the file. */
  readonly width: number;
  readonly height: number;
  /** Adds a frame. Wait for it before making the next, so that frames do not pile up in memory. */
  write(frame: RgbImage): Promise<void>;
  /** Completes the file and puts it in its place. */
  finish(): Promise<{ frames: number; bytes: number }>;
  /** Drops what was written. A file of that name from before stays. Harmless after `finish` or a failure. */
  abort(): Promise<void>;
}

/**
 * Starts the video `path` (MP4, also for VP9 and AV1). The first failure - a full disk, a folder that is gone - ends
 * the writer: nothing is left on the disk but the file from before, and every later call throws the same FamiliarError.
 */
export async function openVideo(path: string, options: VideoOptions): Promise<VideoWriter> {
  const { codec = 'h264', quality = 'good', minimumSize = 512, threads = 1, fps } = options;
  const layout = layOutPicture(path, options, fps, minimumSize);
  const ffmpeg = await loadFfmpeg();

  const file = fileInProgress(path, (temporary) =>
    openEncoder(ffmpeg, temporary, { width: layout.width, height: layout.height, fps, codec, quality, threads }),
  );
  const encoder = await file.opened;

  let frames = 0;
  let closed: Error | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** One call after the other, none after the end. */
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(async () => {
      if (closed !== undefined) throw closed;
      try {
        return await task();
      } catch (error) {
        closed = inWords(path, error);
        await file.end('drop');
        throw closed;
      }
    });
    last = result.catch(() => {});
    return result;
  };

  return {
    width: layout.width,
    height: layout.height,
    write: (image) =>
      inTurn(async () => {
        if (image.width !== options.width || image.height !== options.height) {
          throw new RangeError(`a frame is ${image.width}x${image.height}, not ${options.width}x${options.height}`);
        }
        await encodePicture(ffmpeg, encoder, padded(image), layout);
        frames++;
      }),
    finish: () =>
      inTurn(async () => {
        if (frames === 0) throw videoEmpty(path);
        const failure = await file.end('keep');
        if (failure !== undefined) throw failure;
        closed = new Error(`${path} is finished`);
        return { frames, bytes: (await stat(path)).size };
      }),
    abort: async () => {
      await last;
      closed ??= new Error(`${path} was aborted`);
      await file.end('drop');
    },
  };
}

async function encodePicture(
  ffmpeg: Ffmpeg,
  encoder: Encoder,
  image: RgbImage,
  { width, height }: { width: number; height: number },
): Promise<void> {
  const rgb = rgbFrame(ffmpeg, image);
  try {
    const yuv = await yuvFrame(ffmpeg, rgb, width, height);
    try {
      await encoder.encode(yuv);
    } finally {
      yuv.free();
    }
  } finally {
    rgb.free();
  }
}

/**
 * `replaceFile`, whose file is filled by one function, for a file that is filled over time: `opened` is its encoder, and
 * `end` completes or drops it, once, and says what failed, if anything did.
 */
function fileInProgress(path: string, open: (temporary: string) => Promise<Encoder>) {
  let decide: (how: 'keep' | 'drop') => void = () => {};
  const decision = new Promise<'keep' | 'drop'>((resolve) => {
    decide = resolve;
  });
  let outcome: Promise<unknown> = Promise.resolve();
  const opened = new Promise<Encoder>((resolve, reject) => {
    outcome = replaceFile(path, async (temporary) => {
      const encoder = await open(temporary);
      try {
        resolve(encoder);
        if ((await decision) === 'drop') throw new Error('dropped');
        await encoder.end();
      } finally {
        await encoder.close();
      }
    }).then(
      () => undefined,
      (error) => {
        reject(inWords(path, error));
        return error;
      },
    );
  });
  return {
    opened,
    end: (how: 'keep' | 'drop'): Promise<unknown> => {
      decide(how);
      return outcome;
    },
  };
}

function inWords(path: string, error: unknown): FamiliarError {
  if (error instanceof FamiliarError) return error;
  return (error as NodeJS.ErrnoException).code === undefined ? videoFailed(path, error) : fileError(path, error);
}
