import type { Face } from './face.ts';
import type { FaceMeasures } from './measure.ts';

/** Why a portrait is refused. */
export const refusals = [
  'no-face',
  'several-faces',
  'cut-off',
  'too-small',
  'turned-away',
  'too-dark',
  'too-bright',
  'no-contrast',
  'blurred',
] as const;
export type Refusal = (typeof refusals)[number];

/** Each in words that a visitor may read. */
export const refusalSentences: Readonly<Record<Refusal, string>> = {
  'no-face': 'no face was found. Use a picture in which one face is seen upright and from the front',
  'several-faces': 'several faces were found. Use a picture of one person, or let the largest face be taken',
  'cut-off': 'a part of the face is outside of the picture. Leave room around it',
  'too-small': 'the face is too small. Come closer, or use a larger picture',
  'turned-away': 'the face is turned away. Look into the camera',
  'too-dark': 'the face is too dark. Find more light',
  'too-bright': 'the face is too bright. Turn away from the light',
  'no-contrast': 'the face has hardly any contrast. Keep light out of the lens, and clean it',
  blurred: 'the face is blurred. Hold still, or use a sharper picture',
};

export interface JudgeLimits {
  /** Least distance between the eyes in pixels. */
  readonly eyeDistance: number;
  /** Most degrees to either side, and up or down. */
  readonly yaw: number;
  readonly pitch: number;
  /** Least light on the face, in a bright scene and in a dark one. */
  readonly backlit: number;
  readonly dark: number;
  readonly darkScene: number;
  /** Largest part of the face that may be bleached, or lie outside of the picture. */
  readonly bleached: number;
  readonly outside: number;
  readonly contrast: number;
  readonly sharpness: number;
}

/**
 * Measured on 12 studio and press portraits, on copies of them that were made worse, and on 316 aligned faces of all
 * skin colours of which none should be refused (least / median / most):
 *
 * | measure     | 12 portraits       | worse copies                                              | 316 faces          |
 * | eyeDistance | 123 / 153 / 208    | 26 / 32 / 43 at 200 px, 10 / 13 / 17 at 80 px             |                    |
 * | yaw         | -15 / 0 / 10       | 20 to 36 are seen half from the side                      | -36 / 0 / 24       |
 * | pitch       | -24 / -6 / 8       | -33 for a crying child                                    | -33 / -2 / 13      |
 * | light       | 0.55 / 0.71 / 0.85 | 0.14 / 0.18 / 0.21 at a quarter of the light              | 0.33 / 0.74 / 0.96 |
 * | bleached    | 0 / 0 / 0.01       | 0.47 / 0.76 / 0.89 at 2.2 times the light                 | 0 / 0 / 0.02       |
 * | contrast    | 0.30 / 0.42 / 0.77 | 0.08 / 0.10 / 0.19 at a quarter of the light              | 0.22 / 0.47 / 0.85 |
 * | sharpness   | 0.59 / 0.69 / 1.13 | 0.22 / 0.26 / 0.51 after a blur of 0.7 % of the square's  | 0.20 / 0.59 / 1.11 |
 * |             |                    | side, 0.10 / 0.14 / 0.20 after 1.4 %                      |                    |
 *
 * The lightest parts of a very dark face in a well lit room have a light of 0.33, so a face alone does not tell whether
 * the room is dark: only in a dark scene is a light below 0.22 refused.
 */
export const defaultJudgeLimits: JudgeLimits = {
  eyeDistance: 20,
  yaw: 40,
  pitch: 40,
  backlit: 0.1,
  dark: 0.22,
  darkScene: 0.4,
  bleached: 0.3,
  outside: 0.1,
  contrast: 0.05,
  sharpness: 0.17,
};

/** For previews, while there is time to do better: who follows these is not refused afterwards. */
export const previewJudgeLimits: JudgeLimits = {
  ...defaultJudgeLimits,
  eyeDistance: 0, // how near somebody stands is judged by the frame, not by the preview's few pixels
  yaw: 25,
  pitch: 28,
  backlit: 0.15,
  dark: 0.3,
  darkScene: 0.5,
  bleached: 0.1,
  outside: 0.02,
  sharpness: 0.2,
};

/** Judges one face; undefined where nothing is wrong. */
export function judgeFace(face: FaceMeasures, limits: JudgeLimits = defaultJudgeLimits): Refusal | undefined {
  if (face.outside > limits.outside) return 'cut-off';
  if (face.eyeDistance < limits.eyeDistance) return 'too-small';
  if (Math.abs(face.yaw) > limits.yaw || Math.abs(face.pitch) > limits.pitch) return 'turned-away';
  const isDim = face.light < limits.dark && face.sceneLight < limits.darkScene;
  if (isDim || face.light < limits.backlit) return 'too-dark';
  if (face.bleached > limits.bleached) return 'too-bright';
  if (face.contrast < limits.contrast) return 'no-contrast';
  return face.sharpness < limits.sharpness ? 'blurred' : undefined;
}

/** Somebody in the background, less than this part as tall as the largest face, is no second person. */
const BYSTANDER = 1 / 3;

/** Whether a second person is in the way. `faces`: the largest first. */
export const hasSecondPerson = ([face, ...others]: readonly Face[]): boolean =>
  others.some((other) => other.box.height > BYSTANDER * face.box.height);
