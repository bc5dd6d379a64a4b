import type { Area, OpenedImage } from '../image/decode.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { alignmentQuad, centroid, mapPoints, type Point, type Quad, sideOf } from './align.ts';
import type { FaceDetector } from './face.ts';

/** A picture and the landmarks of the face in it that is meant. */
export interface Sight {
  readonly image: RgbImage;
  readonly landmarks68: readonly Point[];
  /** Pixels of the file per pixel of the picture, at least 1. */
  readonly reduction: number;
}

/** Room around the face's square, over its side: enough for what the crop reaches for. */
const MARGIN = 0.4;

/** A square smaller than this gives the landmark network fewer pixels than it looks at. */
const COARSE_SIDE = 400;

/**
 * Reads the part of a large photograph around a face again, with as many pixels as `side` asks for or the photograph
 * has, and places the landmarks anew where they were placed on too few pixels. What was seen already is returned where
 * it has pixels enough.
 *
 * @param side wanted side of the face's FFHQ square in pixels.
 */
export async function lookCloser(
  opened: OpenedImage,
  sight: Sight,
  side: number,
  detector: FaceDetector,
): Promise<Sight> {
  const { reduction } = sight;
  const quad = alignmentQuad(sight.landmarks68);
  const seenSide = sideOf(quad);
  if (reduction <= 1.01 || seenSide >= side) return sight;

  const area = areaAround(mapPoints(quad, reduction), opened);
  const scale = Math.min(1, side / (seenSide * reduction));
  const image = await opened.read({ area, within: Math.ceil(Math.max(area.width, area.height) * scale) });
  const zoom = image.width / area.width;
  const landmarks68 = mapPoints(sight.landmarks68, reduction * zoom, -area.left * zoom, -area.top * zoom);
  const closer = { image, landmarks68, reduction: 1 / zoom };
  if (seenSide >= COARSE_SIDE) return closer;

  const again = (await detector.detect(image)).find((face) => isSame(face.landmarks68, landmarks68));
  return again === undefined ? closer : { ...closer, landmarks68: again.landmarks68 };
}

function areaAround(quad: Quad, { width, height }: OpenedImage): Area {
  const margin = MARGIN * sideOf(quad);
  const xs = quad.map(([x]) => x);
  const ys = quad.map(([, y]) => y);
  const left = clamp(Math.floor(Math.min(...xs) - margin), 0, width - 1);
  const top = clamp(Math.floor(Math.min(...ys) - margin), 0, height - 1);
  const right = clamp(Math.ceil(Math.max(...xs) + margin), left + 1, width);
  const bottom = clamp(Math.ceil(Math.max(...ys) + margin), top + 1, height);
  return { left, top, width: right - left, height: bottom - top };
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));

function isSame(a: readonly Point[], b: readonly Point[]): boolean {
  const [ax, ay] = centroid(a);
  const [bx, by] = centroid(b);
  const [sideA, sideB] = [a, b].map((points) => sideOf(alignmentQuad(points)));
  return Math.hypot(ax - bx, ay - by) < 0.2 * sideB && Math.abs(Math.log(sideA / sideB)) < 0.4;
}
