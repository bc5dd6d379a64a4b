import type { Point } from '../../server/face/align.ts';
import type { RgbImage } from '../../server/image/rgb-image.ts';

/** How the made-up head is turned and where it is seen; angles in degrees. */
export interface MadeUpPose {
  readonly yaw?: number;
  readonly pitch?: number;
  readonly roll?: number;
  /** Distance between the eyes in pixels when seen from the front. */
  readonly eyeDistance?: number;
  readonly centre?: Point;
}

type Point3 = readonly [x: number, y: number, z: number];

/** A head in eye distances: x to the picture's right, y down, z towards the camera, the middle of the eyes at the origin. */
function head(): Point3[] {
  const points: Point3[] = [];
  // Outline from ear over chin to ear: half an ellipse, ears further back than the chin.
  for (let i = 0; i <= 16; i++) {
    const angle = (Math.PI * i) / 16;
    points.push([-1.1 * Math.cos(angle), 0.1 + 1.6 * Math.sin(angle), -0.9 + 0.5 * Math.sin(angle)]);
  }
  for (const side of [-1, 1]) {
    for (let i = 0; i < 5; i++) points.push([side * (side < 0 ? 0.8 - 0.15 * i : 0.2 + 0.15 * i), -0.35, -0.05]);
  }
  for (let i = 0; i < 4; i++) points.push([0, 0.1 + 0.17 * i, 0.1 + 0.15 * i]); // bridge, down to the tip
  for (let i = -2; i <= 2; i++) points.push([0.1 * i, 0.75, 0.25]);
  for (const side of [-0.5, 0.5]) {
    for (let i = 0; i < 6; i++) {
      const angle = Math.PI + (Math.PI * i) / 3;
      points.push([side + 0.15 * Math.cos(angle), 0.06 * Math.sin(angle), -0.1]);
    }
  }
  for (let i = 0; i < 12; i++) {
    const angle = Math.PI + (Math.PI * i) / 6;
    points.push([0.4 * Math.cos(angle), 1.1 + 0.15 * Math.sin(angle), 0]);
  }
  for (let i = 0; i < 8; i++) {
    const angle = Math.PI + (Math.PI * i) / 4;
    points.push([0.3 * Math.cos(angle), 1.1 + 0.08 * Math.sin(angle), 0]);
  }
  return points;
}

/** 68 landmarks of the made-up head, seen from far away. */
export function madeUpLandmarks({
  yaw = 0,
  pitch = 0,
  roll = 0,
  eyeDistance = 100,
  centre = [250, 220],
}: MadeUpPose = {}): Point[] {
  const [a, b, c] = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 180);
  return head().map(([x, y, z]) => {
    const [x1, z1] = [x * Math.cos(a) + z * Math.sin(a), z * Math.cos(a) - x * Math.sin(a)];
    const y1 = y * Math.cos(b) + z1 * Math.sin(b);
    return [
      centre[0] + eyeDistance * (x1 * Math.cos(c) - y1 * Math.sin(c)),
      centre[1] + eyeDistance * (x1 * Math.sin(c) + y1 * Math.cos(c)),
    ];
  });
}

/** A picture with detail everywhere: checks of skin-like colours, `cell` pixels wide, between two brightnesses. */
export function checks(
  width: number,
  height: number,
  cell = 5,
  [dark, bright]: readonly [number, number] = [90, 190],
): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = (Math.floor(x / cell) + Math.floor(y / cell)) % 2 === 0 ? dark : bright;
      data.set([value, 0.85 * value, 0.75 * value], 3 * (y * width + x));
    }
  }
  return { width, height, data };
}
