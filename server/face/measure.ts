import type { RgbImage } from '../image/rgb-image.ts';
import { sampleQuad } from '../image/sample.ts';
import { alignmentQuad, eyesAndMouth, type Point, type Quad, sideOf } from './align.ts';
import { estimatePose, type Pose } from './pose.ts';

/** What can be said of a face in numbers, before anybody judges it. */
export interface FaceMeasures extends Pose {
  /** Side of its FFHQ square in pixels. */
  readonly side: number;
  /** Distance between the eyes' centres in pixels. */
  readonly eyeDistance: number;
  /** Luma of the face's brightest parts (90th percentile), 0..1. */
  readonly light: number;
  /** The same of the whole square, with hair, shoulders and background: how well lit the scene is, whatever the skin. */
  readonly sceneLight: number;
  /** Part of the face that is bleached to white, 0..1. */
  readonly bleached: number;
  /** Distance between the 5th and the 95th percentile of the face's luma, 0..1. */
  readonly contrast: number;
  /**
   * Deviation of the face's Laplacian over that of its luma: the share of fine detail, which neither light nor skin
   * change. 0 for a flat blur, above 1 for a picture full of grain.
   */
  readonly sharpness: number;
  /** Part of the face that lies beyond the picture's edges, 0..1. */
  readonly outside: number;
}

/** The face as an ellipse in its aligned square: centre and half axes as parts of the square's side. */
const OVAL = { x: 0.5, y: 0.53, halfWidth: 0.26, halfHeight: 0.33 };

/** The aligned square is measured at this size, or at its own where it is smaller. */
const MEASURED_SIDE = 144;
const SMALLEST_SIDE = 48;

/** Measures a face in its picture. Pure; a few milliseconds. */
export function measureFace(image: RgbImage, landmarks68: readonly Point[]): FaceMeasures {
  const quad = alignmentQuad(landmarks68);
  const side = Math.round(Math.min(MEASURED_SIDE, Math.max(SMALLEST_SIDE, sideOf(quad))));
  const luma = lumaOf(sampleQuad(image, quad, side));
  const inside = ovalPixels(side);
  const face = Float32Array.from(inside, (i) => luma[i]).sort();
  const { leftEye, rightEye } = eyesAndMouth(landmarks68);
  return {
    ...estimatePose(landmarks68),
    side: sideOf(quad),
    eyeDistance: Math.hypot(rightEye[0] - leftEye[0], rightEye[1] - leftEye[1]),
    light: percentile(face, 0.9),
    sceneLight: percentile(luma.toSorted(), 0.9),
    bleached: face.filter((value) => value > 0.98).length / face.length,
    contrast: percentile(face, 0.95) - percentile(face, 0.05),
    sharpness: detailShare(luma, side, inside),
    outside: outsideShare(image, quad, side, inside),
  };
}

const percentile = (sorted: Float32Array, part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];

/** Rec. 709 luma, 0..1. */
function lumaOf({ data }: RgbImage): Float32Array {
  return Float32Array.from({ length: data.length / 3 }, (_, i) => {
    return (0.2126 * data[3 * i] + 0.7152 * data[3 * i + 1] + 0.0722 * data[3 * i + 2]) / 255;
  });
}

/** Indices of the pixels of a square of the given side that lie in the face's oval. */
function ovalPixels(side: number): number[] {
  const pixels: number[] = [];
  for (let i = 0; i < side * side; i++) {
    const u = ((i % side) + 0.5) / side - OVAL.x;
    const v = (Math.floor(i / side) + 0.5) / side - OVAL.y;
    if ((u / OVAL.halfWidth) ** 2 + (v / OVAL.halfHeight) ** 2 <= 1) pixels.push(i);
  }
  return pixels;
}

function detailShare(luma: Float32Array, side: number, inside: readonly number[]): number {
  let [sum, squares, detail] = [0, 0, 0];
  for (const i of inside) {
    sum += luma[i];
    squares += luma[i] ** 2;
    detail += (luma[i - 1] + luma[i + 1] + luma[i - side] + luma[i + side] - 4 * luma[i]) ** 2;
  }
  const variance = squares / inside.length - (sum / inside.length) ** 2;
  return variance < 1e-6 ? 0 : Math.sqrt(detail / inside.length / variance);
}

function outsideShare(image: RgbImage, quad: Quad, side: number, inside: readonly number[]): number {
  const [topLeft, bottomLeft, , topRight] = quad;
  const outside = inside.filter((i) => {
    const u = ((i % side) + 0.5) / side;
    const v = (Math.floor(i / side) + 0.5) / side;
    const x = topLeft[0] + u * (topRight[0] - topLeft[0]) + v * (bottomLeft[0] - topLeft[0]);
    const y = topLeft[1] + u * (topRight[1] - topLeft[1]) + v * (bottomLeft[1] - topLeft[1]);
    return x < 0 || y < 0 || x > image.width || y > image.height;
  });
  return outside.length / inside.length;
}
