import { resolve } from 'node:path';
import { FamiliarError } from '../errors.ts';
import { fileError } from '../files/errors.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { rgbImage } from './convert.ts';
import { videoUnreadable } from './errors.ts';
import {
  type CodecContext,
  checked,
  type Ffmpeg,
  type FormatContext,
  type Frame,
  loadFfmpeg,
  type Packet,
  type Stream,
} from './ffmpeg.ts';

/** What a video file says of itself, and its frames counted. */
export interface VideoInfo {
  /** FFmpeg's name: `h264`, `vp9`, `av1`, ... */
  readonly codec: string;
  readonly profile: number;
  /** FFmpeg's name: `yuv420p`, ... */
  readonly pixelFormat: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly frames: number;
  /** Positions of the frames that need no other. */
  readonly keyFrames: readonly number[];
  readonly seconds: number;
  /** The colour tags, as the numbers of ITU-T H.273, and whether the range is full. */
  readonly colour: { matrix: number; primaries: number; transfer: number; fullRange: boolean };
}

/** 200 MB decoded; a damaged file may claim any size. */
const largestPicture = 8192 * 8192;

/** Reads a video's description and walks through its packets, decoding none. */
export async function probeVideo(path: string): Promise<VideoInfo> {
  const ffmpeg = await loadFfmpeg();
  const input = await openInput(ffmpeg, path);
  try {
    const { track, file } = input;
    const keyFrames: number[] = [];
    let frames = 0;
    for await (const packet of packets(ffmpeg, file, track)) {
      if (packet.isKeyframe) keyFrames.push(frames);
      frames++;
    }
    const { codecpar } = track;
    return {
      codec: ffmpeg.avGetCodecName(codecpar.codecId) ?? 'unknown',
      profile: codecpar.profile,
      pixelFormat: ffmpeg.avGetPixFmtName(codecpar.format as Parameters<typeof ffmpeg.avGetPixFmtName>[0]) ?? 'unknown',
      width: codecpar.width,
      height: codecpar.height,
      fps: track.avgFrameRate.toDouble(),
      frames,
      keyFrames,
      seconds: Number(track.duration) * track.timeBase.toDouble(),
      colour: {
        matrix: codecpar.colorSpace,
        primaries: codecpar.colorPrimaries,
        transfer: codecpar.colorTrc,
        fullRange: codecpar.colorRange === ffmpeg.AVCOL_RANGE_JPEG,
      },
    };
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await input.close();
  }
}

/** The frames of a video in order, one in memory at a time. The file is closed when the loop over them is left. */
export async function* decodeVideo(path: string): AsyncGenerator<RgbImage, void, undefined> {
  const ffmpeg = await loadFfmpeg();
  const input = await openInput(ffmpeg, path);
  const decoder = new ffmpeg.CodecContext();
  const frame = new ffmpeg.Frame();
  frame.alloc();
  try {
    const codec = ffmpeg.Codec.findDecoder(input.track.codecpar.codecId);
    decoder.allocContext3(codec);
    checked(ffmpeg, decoder.parametersToContext(input.track.codecpar), 'reading the description');
    decoder.threadCount = 1;
    checked(ffmpeg, await decoder.open2(codec, null), 'starting the decoder');
    for await (const packet of packets(ffmpeg, input.file, input.track)) {
      checked(ffmpeg, await decoder.sendPacket(packet), 'decoding');
      while (await received(ffmpeg, decoder, frame)) yield await rgbImage(ffmpeg, frame);
    }
    checked(ffmpeg, await decoder.sendPacket(null), 'decoding');
    while (await received(ffmpeg, decoder, frame)) yield await rgbImage(ffmpeg, frame);
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    frame.free();
    decoder.freeContext();
    await input.close();
  }
}

async function openInput(ffmpeg: Ffmpeg, path: string) {
  const file = new ffmpeg.FormatContext();
  const close = async () => {
    await file.closeInput();
    file.freeContext();
  };
  try {
    file.allocContext();
    // FFmpeg would also follow playlists and addresses; here a name is a file, and the file holds the pictures itself.
    file.setOption('protocol_whitelist', 'file');
    file.setOption('format_whitelist', 'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm');
    checked(ffmpeg, await file.openInput(resolve(path)), 'opening');
    checked(ffmpeg, await file.findStreamInfo(null), 'reading the description');
    const index = checked(ffmpeg, file.findBestStream(ffmpeg.AVMEDIA_TYPE_VIDEO), 'looking for pictures');
    const track = file.streams[index];
    const { width, height } = track.codecpar;
    if (width * height > largestPicture) throw new Error(`pictures of ${width}x${height} are too large`);
    return { file, track, close };
  } catch (cause) {
    await close();
    throw unreadable(path, cause);
  }
}

async function* packets(ffmpeg: Ffmpeg, file: FormatContext, track: Stream): AsyncGenerator<Packet, void, undefined> {
  const packet = new ffmpeg.Packet();
  packet.alloc();
  try {
    for (;;) {
      const result = await file.readFrame(packet);
      if (result === ffmpeg.AVERROR_EOF) return;
      checked(ffmpeg, result, 'reading');
      if (packet.streamIndex === track.index) yield packet;
      packet.unref();
    }
  } finally {
    packet.free();
  }
}

/** Whether the decoder had a frame to give; false when it wants more packets or is done. */
async function received(ffmpeg: Ffmpeg, decoder: CodecContext, frame: Frame): Promise<boolean> {
  const result = await decoder.receiveFrame(frame);
  if (result === ffmpeg.AVERROR_EOF || result === ffmpeg.FFmpegError.AVERROR(ffmpeg.PosixError.EAGAIN)) return false;
  checked(ffmpeg, result, 'decoding');
  return true;
}

const fileTroubles = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EMFILE']);

function unreadable(path: string, cause: unknown): FamiliarError {
  if (fileTroubles.has((cause as NodeJS.ErrnoException).code ?? '')) return fileError(path, cause);
  return cause instanceof FamiliarError ? cause : videoUnreadable(path, cause);
}
