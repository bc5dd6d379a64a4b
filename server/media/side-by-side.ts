import type { RgbImage } from '../image/rgb-image.ts';
import { rgbFrame, rgbImage } from './convert.ts';
import { loadFfmpeg } from './ffmpeg.ts';
import { ground } from './ground.ts';
import { layOutPicture } from './picture-layout.ts';

/** A portrait at the left for good, and room at the right for the face that comes to resemble it. */
export interface SideBySide {
  readonly width: number;
  readonly height: number;
  compose(face: RgbImage): Promise<RgbImage>;
}

/**
 * Both are enlarged before they are put together, by the rule of `layOutPicture`, so that the line between them stays
 * sharp however small the faces are.
 */
export async function besideTarget(target: RgbImage, minimumSize = 512): Promise<SideBySide> {
  const size = layOutPicture('The portrait beside its face', target, 24, minimumSize);
  const gap = 2 * Math.max(1, Math.round(size.height / 128));
  const width = 2 * size.width + gap;
  const { height } = size;

  const left = await enlarged(target, size);
  const stage = new Uint8Array(3 * width * height);
  for (let i = 0; i < stage.length; i += 3) stage.set([ground.r, ground.g, ground.b], i);
  paste(left, 0);

  function paste(image: RgbImage, x: number, onto = stage): void {
    for (let y = 0; y < height; y++) {
      onto.set(image.data.subarray(3 * y * image.width, 3 * (y + 1) * image.width), 3 * (y * width + x));
    }
  }

  return {
    width,
    height,
    async compose(face) {
      if (face.width !== target.width || face.height !== target.height) {
        throw new RangeError(`a face of ${face.width}x${face.height} beside one of ${target.width}x${target.height}`);
      }
      const data = stage.slice();
      paste(await enlarged(face, size), size.width + gap, data);
      return { width, height, data };
    },
  };
}

async function enlarged(image: RgbImage, { width, height }: { width: number; height: number }): Promise<RgbImage> {
  if (image.width === width && image.height === height) return image;
  const ffmpeg = await loadFfmpeg();
  const frame = rgbFrame(ffmpeg, image);
  try {
    return await rgbImage(ffmpeg, frame, width, height);
  } finally {
    frame.free();
  }
}
