import type { RgbImage } from '../image/rgb-image.ts';
import { checked, type Ffmpeg, type Frame } from './ffmpeg.ts';

/**
 * Pictures to FFmpeg's frames and back, in other sizes and in the colours of video. All frames made here are the
 * caller's to free.
 */

/** An RGB frame (full range) with the bytes of `image`. */
export function rgbFrame(ffmpeg: Ffmpeg, image: RgbImage): Frame {
  const { width, height, data } = image;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const frame = ffmpeg.Frame.fromVideoBuffer(bytes, { width, height, format: ffmpeg.AV_PIX_FMT_RGB24 });
  frame.colorSpace = ffmpeg.AVCOL_SPC_RGB;
  frame.colorRange = ffmpeg.AVCOL_RANGE_JPEG;
  return frame;
}

/**
 * YUV 4:2:0, BT.709, limited range, of the given (even) size. The numbers are converted by that matrix and the frame is
 * tagged with it: players that read the tag and players that guess from the size then agree.
 */
export async function yuvFrame(ffmpeg: Ffmpeg, source: Frame, width: number, height: number): Promise<Frame> {
  const frame = new ffmpeg.Frame();
  frame.alloc();
  frame.format = ffmpeg.AV_PIX_FMT_YUV420P;
  frame.colorSpace = ffmpeg.AVCOL_SPC_BT709;
  frame.colorRange = ffmpeg.AVCOL_RANGE_MPEG;
  frame.colorPrimaries = ffmpeg.AVCOL_PRI_BT709;
  frame.colorTrc = ffmpeg.AVCOL_TRC_BT709;
  frame.chromaLocation = ffmpeg.AVCHROMA_LOC_LEFT;
  return fill(ffmpeg, frame, source, width, height);
}

/** The picture in a decoded frame, by the colour tags that it carries; of another size where one is given. */
export async function rgbImage(
  ffmpeg: Ffmpeg,
  source: Frame,
  width = source.width,
  height = source.height,
): Promise<RgbImage> {
  const frame = new ffmpeg.Frame();
  frame.alloc();
  frame.format = ffmpeg.AV_PIX_FMT_RGB24;
  frame.colorSpace = ffmpeg.AVCOL_SPC_RGB;
  frame.colorRange = ffmpeg.AVCOL_RANGE_JPEG;
  await fill(ffmpeg, frame, source, width, height);
  const data = new Uint8Array(frame.toBuffer());
  frame.free();
  return { width, height, data };
}

/**
 * Mitchell and Netravali's filter (B = C = 1/3; "Reconstruction filters in computer graphics", 1988). Lanczos and
 * sharper cubics ring around hair and bring out the fine grain that small generators leave; bilinear smears the eyes.
 */
const mitchell = { param0: 1 / 3, param1: 1 / 3 };

async function fill(ffmpeg: Ffmpeg, frame: Frame, source: Frame, width: number, height: number): Promise<Frame> {
  const scaler = new ffmpeg.SoftwareScaleContext();
  try {
    frame.width = width;
    frame.height = height;
    checked(ffmpeg, frame.getBuffer(), 'making room for a frame');
    scaler.allocContext();
    const { SWS_BICUBIC, SWS_ACCURATE_RND, SWS_FULL_CHR_H_INT, SWS_FULL_CHR_H_INP } = ffmpeg;
    scaler.setOption('sws_flags', SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP);
    for (const [name, value] of Object.entries(mitchell)) scaler.setOption(name, value);
    checked(ffmpeg, await scaler.scaleFrame(frame, source), 'converting a frame');
    return frame;
  } catch (error) {
    frame.free();
    throw error;
  } finally {
    scaler.freeContext();
  }
}
