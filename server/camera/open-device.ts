import { checked, type Ffmpeg, type Frame, type Packet } from '../media/ffmpeg.ts';
import type { DeviceInput } from './device-input.ts';

/** 200 MB decoded; a damaged stream may claim any size. */
const largestPicture = 8192 * 8192;

/** An open input of FFmpeg. */
export interface OpenDevice {
  /**
   * Pictures as they come; the frame is the reader's only until the next one. Where `isDue` says no, a picture that no
   * other one needs is passed over undecoded, as null.
   */
  frames(isDue: () => boolean): AsyncGenerator<Frame | null, void, void>;
  /** A frame's time in the input, seconds. */
  secondsOf(frame: Frame): number;
  close(): Promise<void>;
}

/** Opens a camera, a stream or a file. Throws FFmpeg's error, with the operating system's code where it has one. */
export async function openDevice(ffmpeg: Ffmpeg, input: DeviceInput): Promise<OpenDevice> {
  const file = await openAny(ffmpeg, input);
  const decoder = new ffmpeg.CodecContext();
  const frame = new ffmpeg.Frame();
  const packet = new ffmpeg.Packet();
  const close = async () => {
    frame.free();
    packet.free();
    decoder.freeContext();
    await file.closeInput();
    file.freeContext();
  };
  try {
    frame.alloc();
    packet.alloc();
    checked(ffmpeg, await file.findStreamInfo(null), 'reading the description');
    const index = checked(ffmpeg, file.findBestStream(ffmpeg.AVMEDIA_TYPE_VIDEO), 'looking for pictures');
    const track = file.streams[index];
    const { codecpar, timeBase } = track;
    if (codecpar.width * codecpar.height > largestPicture) throw new Error('its pictures are too large');
    const codec = ffmpeg.Codec.findDecoder(codecpar.codecId);
    decoder.allocContext3(codec);
    checked(ffmpeg, decoder.parametersToContext(codecpar), 'reading the description');
    decoder.threadCount = 1;
    checked(ffmpeg, await decoder.open2(codec, null), 'starting the decoder');
    const standsAlone = [ffmpeg.AV_CODEC_ID_MJPEG, ffmpeg.AV_CODEC_ID_RAWVIDEO].includes(codecpar.codecId);

    async function* decoded(next: Packet | null): AsyncGenerator<Frame, void, void> {
      const sent = await decoder.sendPacket(next);
      // A stream that was joined in the middle, or a disturbed one: the next picture may be whole.
      if (sent < 0) return;
      for (;;) {
        const result = await decoder.receiveFrame(frame);
        if (result < 0) return;
        if (frame.width * frame.height <= largestPicture) yield frame;
      }
    }
    return {
      async *frames(isDue) {
        for (;;) {
          const result = await file.readFrame(packet);
          if (result === ffmpeg.AVERROR_EOF) break;
          if (result === ffmpeg.FFmpegError.AVERROR(ffmpeg.PosixError.EAGAIN)) continue;
          checked(ffmpeg, result, 'reading');
          if (packet.streamIndex === index) {
            if (standsAlone && input.isLive && !isDue()) yield null;
            else yield* decoded(packet);
          }
          packet.unref();
        }
        yield* decoded(null);
      },
      secondsOf: ({ pts }) => Number(pts) * timeBase.toDouble(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The first way of opening it that works, or the last one's error. */
async function openAny(ffmpeg: Ffmpeg, { url, format, attempts }: DeviceInput) {
  if (format !== null) ffmpeg.Log.setLevel(ffmpeg.AV_LOG_QUIET);
  const inputFormat = format === null ? null : ffmpeg.InputFormat.findInputFormat(format);
  if (format !== null && inputFormat === null) throw new Error(`this FFmpeg has no input '${format}'`);
  let result = 0;
  for (const attempt of attempts) {
    const file = new ffmpeg.FormatContext();
    file.allocContext();
    const options = ffmpeg.Dictionary.fromObject({ ...attempt });
    result = await file.openInput(url, inputFormat, options);
    if (result >= 0) return file;
    file.freeContext();
  }
  checked(ffmpeg, result, 'opening');
  throw new Error('there is no way to open it');
}
