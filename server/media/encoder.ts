import { resolve } from 'node:path';
import { encoderSettings, type VideoCodec, type VideoQuality } from './codecs.ts';
import { codecMissing } from './errors.ts';
import { checked, type Ffmpeg, type Frame, ffmpegError } from './ffmpeg.ts';

export interface EncoderOptions {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly codec: VideoCodec;
  readonly quality: VideoQuality;
  readonly threads: number;
}

/** One video file being encoded. Calls must not overlap. */
export interface Encoder {
  /** Encodes the next frame, which stays the caller's. */
  encode(frame: Frame): Promise<void>;
  /** Encodes what the encoder still holds and completes the file. */
  end(): Promise<void>;
  /** Lets go of the file and the encoder, complete or not. */
  close(): Promise<void>;
}

/** Starts the MP4 file `path` (an existing one is overwritten) with a single track of YUV 4:2:0 in BT.709. */
export async function openEncoder(ffmpeg: Ffmpeg, path: string, options: EncoderOptions): Promise<Encoder> {
  const codec = openCodec(ffmpeg, options);
  const file = new ffmpeg.FormatContext();
  const packet = new ffmpeg.Packet();
  packet.alloc();

  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    packet.free();
    codec.context.freeContext();
    await file.closeOutput();
    file.freeContext();
  };

  try {
    checked(ffmpeg, await codec.context.open2(codec.encoder, null), 'starting the encoder');
    checked(ffmpeg, file.allocOutputContext2(null, 'mp4', resolve(path)), 'starting the file');
    const track = file.newStream(null);
    checked(ffmpeg, track.codecpar.fromContext(codec.context), 'describing the track');
    track.timeBase = codec.context.timeBase;
    track.avgFrameRate = codec.context.framerate;
    // The index goes to the front, so that a browser can play before it has the whole file.
    file.setOption('movflags', '+faststart');
    checked(ffmpeg, await file.openOutput(), 'opening the file');
    checked(ffmpeg, await file.writeHeader(null), 'starting the file');

    const send = async (frame: Frame | null) => {
      checked(ffmpeg, await codec.context.sendFrame(frame), 'encoding');
      for (;;) {
        const result = await codec.context.receivePacket(packet);
        if (result === ffmpeg.AVERROR_EOF || result === ffmpeg.FFmpegError.AVERROR(ffmpeg.PosixError.EAGAIN)) return;
        checked(ffmpeg, result, 'encoding');
        packet.streamIndex = track.index;
        // Without a duration the last frame would be shown for no time at all.
        packet.duration = 1n;
        packet.rescaleTs(codec.context.timeBase, track.timeBase);
        checked(ffmpeg, await file.interleavedWriteFrame(packet), 'writing the file');
      }
    };

    let frames = 0;
    return {
      async encode(frame) {
        frame.pts = BigInt(frames++);
        await send(frame);
      },
      async end() {
        await send(null);
        checked(ffmpeg, await file.writeTrailer(), 'completing the file');
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function openCodec(ffmpeg: Ffmpeg, { width, height, fps, codec, quality, threads }: EncoderOptions) {
  const settings = encoderSettings(codec, quality);
  const encoder = ffmpeg.Codec.findEncoderByName(
    settings.encoder as Parameters<typeof ffmpeg.Codec.findEncoderByName>[0],
  );
  if (encoder === null) throw codecMissing(codec, settings.encoder);

  const context = new ffmpeg.CodecContext();
  context.allocContext3(encoder);
  context.width = width;
  context.height = height;
  context.pixelFormat = ffmpeg.AV_PIX_FMT_YUV420P;
  context.colorSpace = ffmpeg.AVCOL_SPC_BT709;
  context.colorRange = ffmpeg.AVCOL_RANGE_MPEG;
  context.colorPrimaries = ffmpeg.AVCOL_PRI_BT709;
  context.colorTrc = ffmpeg.AVCOL_TRC_BT709;
  context.chromaLocation = ffmpeg.AVCHROMA_LOC_LEFT;
  // 1/1000 of a frame a second is fine enough for 23.976 and 29.97.
  context.framerate = new ffmpeg.Rational(Math.round(fps * 1000), 1000);
  context.timeBase = context.framerate.inv();
  // A key frame each second keeps scrubbing on the result page prompt.
  context.gopSize = Math.max(1, Math.round(fps));
  context.bitRate = 0n; // Constant quality, not a constant rate.
  context.threadCount = threads;
  context.setFlags(ffmpeg.AV_CODEC_FLAG_GLOBAL_HEADER, ffmpeg.AV_CODEC_FLAG_CLOSED_GOP);
  for (const [name, value] of Object.entries(settings.options)) {
    const result = context.setOption(name, value);
    if (result < 0) throw ffmpegError(ffmpeg, result, `setting ${name} of ${settings.encoder}`);
  }
  return { encoder, context };
}
