/** A point in pixels of a picture: x to the right, y down, the middle of the first pixel at (0.5, 0.5). */
export type Point = readonly [x: number, y: number];

/** Corners of a square that may be turned: top-left, bottom-left, bottom-right, top-right, as the face sees itself. */
export type Quad = readonly [topLeft: Point, bottomLeft: Point, bottomRight: Point, topRight: Point];

const LEFT_EYE = [36, 37, 38, 39, 40, 41];
const RIGHT_EYE = [42, 43, 44, 45, 46, 47];
const MOUTH_CORNERS = [48, 54];

/** Where eyes and mouth are, from 68 landmarks. Left and right are those of the picture, not of the person. */
export interface EyesAndMouth {
  readonly leftEye: Point;
  readonly rightEye: Point;
  readonly eyes: Point;
  readonly mouth: Point;
}

/** Centre of a set of points. */
export function centroid(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const [px, py] of points) {
    x += px / points.length;
    y += py / points.length;
  }
  return [x, y];
}

/** Eye centres are the means of their six points, the mouth is the middle between its corners. */
export function eyesAndMouth(landmarks68: readonly Point[]): EyesAndMouth {
  const centre = (indices: readonly number[]) => centroid(indices.map((index) => landmarks68[index]));
  const leftEye = centre(LEFT_EYE);
  const rightEye = centre(RIGHT_EYE);
  return { leftEye, rightEye, eyes: centroid([leftEye, rightEye]), mouth: centre(MOUTH_CORNERS) };
}

/**
 * The square that FFHQ (Karras, Laine and Aila 2019, appendix C) cuts around a face, so that a generator trained on
 * such crops meets every face where it expects it.
 *
 * Its horizontal axis is the eye line averaged with the perpendicular of the line from eyes to mouth; half its side is
 * the larger of 2.0 eye distances and 1.8 eye-to-mouth distances; its centre lies a tenth of the way from eyes to mouth.
 *
 * @param landmarks68 68 points in pixels of the portrait.
 * @returns the square's corners in the same pixels; they may lie outside of the portrait.
 */
export function alignmentQuad(landmarks68: readonly Point[]): Quad {
  const { leftEye, rightEye, eyes, mouth } = eyesAndMouth(landmarks68);
  const eyeLine: Point = [rightEye[0] - leftEye[0], rightEye[1] - leftEye[1]];
  const toMouth: Point = [mouth[0] - eyes[0], mouth[1] - eyes[1]];
  // A quarter turn of (x, y) is (-y, x); turned back, the eyes-to-mouth line points to the right like the eye line.
  const axis: Point = [eyeLine[0] + toMouth[1], eyeLine[1] - toMouth[0]];
  const halfSide = Math.max(2.0 * Math.hypot(...eyeLine), 1.8 * Math.hypot(...toMouth));
  const stretch = halfSide / Math.hypot(...axis);
  const [rightX, rightY] = [axis[0] * stretch, axis[1] * stretch];
  const [downX, downY] = [-rightY, rightX];
  const [cx, cy] = [eyes[0] + 0.1 * toMouth[0], eyes[1] + 0.1 * toMouth[1]];
  return [
    [cx - rightX - downX, cy - rightY - downY],
    [cx - rightX + downX, cy - rightY + downY],
    [cx + rightX + downX, cy + rightY + downY],
    [cx + rightX - downX, cy + rightY - downY],
  ];
}

/** Length of a quad's side in pixels. */
export const sideOf = ([topLeft, bottomLeft]: Quad): number =>
  Math.hypot(bottomLeft[0] - topLeft[0], bottomLeft[1] - topLeft[1]);

/** A quad made wider around its centre by a factor. */
export function grownQuad(quad: Quad, factor: number): Quad {
  const [cx, cy] = centroid(quad);
  return mapPoints(quad, factor, cx * (1 - factor), cy * (1 - factor));
}

/** A quad, or any points, moved and then scaled: from pixels of a picture to pixels of a part of it. */
export const mapPoints = <P extends readonly Point[]>(points: P, scale: number, dx = 0, dy = 0): P =>
  points.map(([x, y]): Point => [x * scale + dx, y * scale + dy]) as unknown as P;
