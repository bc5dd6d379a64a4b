import { eyesAndMouth, type Point } from './align.ts';

/** How a head is turned, in degrees. Signs are those of the picture. */
export interface Pose {
  /** Looking to the picture's right is positive. */
  readonly yaw: number;
  /** Looking down is positive. */
  readonly pitch: number;
  /** Laid over clockwise is positive. */
  readonly roll: number;
}

const NOSE_TIP = 30;
/** Where the outline of the face passes beside the nose, left and right. */
const CHEEKS = [2, 14] as const;
/** Of faces that look ahead, the nose's tip lies this far down the way from eyes to mouth (mean of 316 faces: 0.58). */
const NOSE_HEIGHT = 0.58;
/** How far the nose's tip stands out of the face, over the way from eyes to mouth. */
const NOSE_LENGTH = 0.62;

const degrees = (radians: number): number => (radians * 180) / Math.PI;

/**
 * Estimates a head's pose from 68 landmarks. The tip of the nose stands out of the face about as far as the cheeks stand
 * aside of it, so a turn by an angle a parts the width between the cheeks as tan(a); nodding by a moves the tip between
 * eyes and mouth by sin(a) times its length.
 *
 * Good to some 10 degrees, since people differ in their noses and landmarks tend to the front: enough to ask somebody to
 * look here. An open mouth looks like a raised head by up to 15 degrees.
 */
export function estimatePose(landmarks68: readonly Point[]): Pose {
  const { leftEye, rightEye, eyes, mouth } = eyesAndMouth(landmarks68);
  const roll = Math.atan2(rightEye[1] - leftEye[1], rightEye[0] - leftEye[0]);
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
  const across = ([x, y]: Point): number => x * cos + y * sin;
  const down = ([x, y]: Point): number => (y - eyes[1]) * cos - (x - eyes[0]) * sin;

  const nose = landmarks68[NOSE_TIP];
  const [left, right] = CHEEKS.map((index) => across(landmarks68[index]));
  const yaw = Math.atan2(2 * across(nose) - left - right, Math.max(right - left, 1e-6));

  // Nodding shortens the way from eyes to mouth, so the distance between the eyes keeps the measure from shrinking.
  const measure = Math.max(Math.abs(down(mouth)), Math.hypot(rightEye[0] - leftEye[0], rightEye[1] - leftEye[1]), 1e-6);
  const lowered = (down(nose) - NOSE_HEIGHT * down(mouth)) / (NOSE_LENGTH * measure);
  const pitch = Math.asin(Math.min(1, Math.max(-1, lowered)));
  return { yaw: degrees(yaw), pitch: degrees(pitch), roll: degrees(roll) };
}
