import type { RgbImage } from '../image/rgb-image.ts';
import { sampleQuad } from '../image/sample.ts';
import { alignmentQuad, eyesAndMouth, type Point, sideOf } from './align.ts';

/** What is measured of a face before it is judged; angles in degrees. */
export interface FaceMeasures {
  /** Side of its FFHQ square in pixels. */
  readonly side: number;
  /** Head turned to the picture's right (positive) or left. */
  readonly yaw: number;
  /** Face tilted in the picture's plane, clockwise. */
  readonly roll: number;
  /** Mean luminance of the face, 0..1. */
  readonly light: number;
  /** Standard deviation of its luminance, 0..1. */
  readonly contrast: number;
  /** Standard deviation of the Laplacian of its luminance at 128 px, over its contrast: 0 for a flat blur. */
  readonly sharpness: number;
  /** Part of the landmarks that lie outside of the picture. */
  readonly outside: number;
}

const SIZE = 128;
/** The face inside its square: brow to chin, cheek to cheek. */
const INNER = { left: 0.28, right: 0.72, top: 0.3, bottom: 0.78 };

export function measureFace(image: RgbImage, landmarks68: readonly Point[]): FaceMeasures {
  const quad = alignmentQuad(landmarks68);
  const look = luminance(sampleQuad(image, quad, SIZE));
  const { light, contrast } = lightOf(look);
  const outside = landmarks68.filter(([x, y]) => x < 0 || y < 0 || x > image.width || y > image.height).length;
  return {
    side: sideOf(quad),
    yaw: yawOf(landmarks68),
    roll: (Math.atan2(quad[3][1] - quad[0][1], quad[3][0] - quad[0][0]) * 180) / Math.PI,
    light,
    contrast,
    sharpness: contrast === 0 ? 0 : laplacianDeviation(look) / contrast,
    outside: outside / landmarks68.length,
  };
}

/**
 * Yaw from how far the nose's tip stands beside the middle of the eyes, in eye distances along the eye line: a head is
 * about a sphere whose nose stands out by 0.6 eye distances.
 */
function yawOf(landmarks68: readonly Point[]): number {
  const { leftEye, rightEye, eyes } = eyesAndMouth(landmarks68);
  const [nx, ny] = landmarks68[30];
  const [ex, ey] = [rightEye[0] - leftEye[0], rightEye[1] - leftEye[1]];
  const beside = ((nx - eyes[0]) * ex + (ny - eyes[1]) * ey) / (ex * ex + ey * ey);
  return (Math.asin(Math.max(-1, Math.min(1, beside / 0.6))) * 180) / Math.PI;
}

function luminance({ data }: RgbImage): Float32Array {
  return Float32Array.from(
    { length: data.length / 3 },
    (_, i) => (0.2126 * data[3 * i] + 0.7152 * data[3 * i + 1] + 0.0722 * data[3 * i + 2]) / 255,
  );
}

function lightOf(look: Float32Array): { light: number; contrast: number } {
  let sum = 0;
  let squares = 0;
  let count = 0;
  forInner((i) => {
    sum += look[i];
    squares += look[i] ** 2;
    count++;
  });
  const light = sum / count;
  return { light, contrast: Math.sqrt(Math.max(0, squares / count - light ** 2)) };
}

function laplacianDeviation(look: Float32Array): number {
  let squares = 0;
  let count = 0;
  forInner((i) => {
    squares += (4 * look[i] - look[i - 1] - look[i + 1] - look[i - SIZE] - look[i + SIZE]) ** 2;
    count++;
  });
  return Math.sqrt(squares / count);
}

function forInner(visit: (i: number) => void): void {
  for (let y = Math.round(INNER.top * SIZE); y < INNER.bottom * SIZE; y++) {
    for (let x = Math.round(INNER.left * SIZE); x < INNER.right * SIZE; x++) visit(y * SIZE + x);
  }
}
