import type { FaceMeasures } from './measure.ts';

/** Why a portrait is refused. */
export type Refusal =
  | 'no-face'
  | 'several-faces'
  | 'too-small'
  | 'turned-away'
  | 'too-dark'
  | 'too-bright'
  | 'blurred'
  | 'cut-off';

/** Each in a sentence a visitor may read. */
export const refusalSentences: Readonly<Record<Refusal, string>> = {
  'no-face': 'no face was found. Use a picture in which one face is seen from the front',
  'several-faces': 'several faces were found. Use a picture of one person, or let the largest face be taken',
  'too-small': 'the face is too small. Come closer, or use a larger picture',
  'turned-away': 'the face is turned away. Look into the camera',
  'too-dark': 'the face is too dark. Find more light',
  'too-bright': 'the face is too bright. Turn away from the light',
  blurred: 'the face is blurred. Hold still, or use a sharper picture',
  'cut-off': 'a part of the face is outside of the picture. Leave room around it',
};

/**
 * Limits, from twelve studio and press portraits and copies of them that were blurred, darkened, brightened, turned and
 * shrunk. Sharpness was 0.47 to 1.19 on all that were not blurred (117 px faces among them), 0.19 to 0.31 after a blur
 * of 1 % of the face's square. Light was 0.45 to 0.65, and 0.12 to 0.15 at a quarter of the light, which still gives a
 * face. Yaw was below 13 degrees.
 */
export const limits = {
  /** Sides of the face's square, px. */
  side: 90,
  /** Degrees to either side. */
  yaw: 32,
  dark: 0.08,
  bright: 0.97,
  contrast: 0.015,
  sharpness: 0.16,
  /** Part of the landmarks. */
  outside: 0.1,
} as const;

/** Judges one face; undefined where nothing is wrong. */
export function judgeFace(face: FaceMeasures): Refusal | undefined {
  if (face.outside > limits.outside) return 'cut-off';
  if (face.side < limits.side) return 'too-small';
  if (Math.abs(face.yaw) > limits.yaw) return 'turned-away';
  if (face.light < limits.dark || face.contrast < limits.contrast) return 'too-dark';
  if (face.light > limits.bright) return 'too-bright';
  return face.sharpness < limits.sharpness ? 'blurred' : undefined;
}
