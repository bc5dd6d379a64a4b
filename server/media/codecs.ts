/** Codecs a video may be written in. H.264 plays everywhere; AV1 is a quarter of its size; VP9 lies between. */
export const videoCodecs = ['h264', 'vp9', 'av1'] as const;
export type VideoCodec = (typeof videoCodecs)[number];

/** How much is kept of a picture: `good` cannot be told from the frames by eye, `fine` is for work to be cut again. */
export const videoQualities = ['small', 'good', 'fine'] as const;
export type VideoQuality = (typeof videoQualities)[number];

export interface EncoderSettings {
  /** The name of the encoder in FFmpeg. */
  readonly encoder: string;
  /** Options of that encoder, in the order in which they are set. */
  readonly options: Readonly<Record<string, string>>;
}

/**
 * Constant quality: the size follows what happens in the picture.
 *
 * Presets were chosen on faces turning into faces, 48 frames of 512 px, one thread. kB per frame at a PSNR of 46 dB,
 * and CPU milliseconds per frame:
 *
 *     x264 superfast 8.9 kB  2.7 ms     VP9 realtime 8  5.9 kB   3.3 ms     SVT-AV1 10  2.5 kB  3.0 ms
 *          veryfast  7.4     5.2            realtime 5  5.3      9.4                 8  1.8     4.7
 *          faster    6.5     7.6            good 4      3.5     14.1                 6  1.8     7.4
 *          fast      6.0     9.9            good 2      3.4     26.5
 *          medium    5.7    11.6
 *
 * A frame is kept every ten steps at most, so eight milliseconds of encoding stand against half a second of projection.
 * At 1024 px each takes four times as long and their order is the same.
 */
const encoders: Readonly<Record<VideoCodec, EncoderSettings & { crf: Readonly<Record<VideoQuality, number>> }>> = {
  h264: {
    encoder: 'libx264',
    // A closed group of pictures lets a player start, and a cut be made, at every key frame.
    options: { preset: 'faster', profile: 'high', 'x264-params': 'open-gop=0' },
    crf: { small: 24, good: 18, fine: 13 },
  },
  vp9: {
    encoder: 'libvpx-vp9',
    options: { deadline: 'good', 'cpu-used': '4', 'row-mt': '0' },
    crf: { small: 36, good: 24, fine: 16 },
  },
  av1: {
    encoder: 'libsvtav1',
    options: { preset: '8', 'svtav1-params': 'lp=1' },
    crf: { small: 36, good: 26, fine: 18 },
  },
};

export function encoderSettings(codec: VideoCodec, quality: VideoQuality): EncoderSettings {
  const { encoder, options, crf } = encoders[codec];
  return { encoder, options: { ...options, crf: String(crf[quality]) } };
}
