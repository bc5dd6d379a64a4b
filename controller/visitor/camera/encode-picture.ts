import { fitWithin, type Size } from './fit.ts';

export interface EncodedPicture extends Size {
  /** JPEG, not mirrored, however the preview is shown. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface PictureWish {
  /** Longest side, px. */
  readonly side: number;
  /** JPEG quality, 0..1. */
  readonly quality: number;
  /** Most bytes; the picture is made smaller until it fits. */
  readonly limit: number;
}

/** Browsers give a full-size photograph of a face far below this; a noisy sensor may not. */
const smallestSide = 320;

/** What the video shows now, as a JPEG. Rejects where it shows nothing yet. */
export async function encodePicture(
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
  { side, quality, limit }: PictureWish,
): Promise<EncodedPicture> {
  const natural = { width: video.videoWidth, height: video.videoHeight };
  if (!natural.width || !natural.height) throw new Error('The camera shows nothing yet.');
  const size = fitWithin(natural, side);
  canvas.width = size.width;
  canvas.height = size.height;
  canvas.getContext('2d', { alpha: false })?.drawImage(video, 0, 0, size.width, size.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
  if (!blob) throw new Error('The browser could not encode the picture.');
  if (blob.size <= limit) return { ...size, bytes: new Uint8Array(await blob.arrayBuffer()) };
  const smaller = Math.floor(Math.max(size.width, size.height) * 0.75);
  if (smaller < smallestSide) throw new Error('The picture is too large to be sent.');
  return encodePicture(video, canvas, { side: smaller, quality: Math.max(0.7, quality - 0.05), limit });
}
