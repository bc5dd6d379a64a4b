import type { TextKey } from './texts.ts';

/** Why a try gave no portrait, and which text says so to the visitor. The closed list; `failed` is everything else. */
export const portraitProblemTexts = {
  'no-face': 'problemNoFace',
  'several-faces': 'problemSeveralFaces',
  'cut-off': 'problemCutOff',
  'too-small': 'problemTooSmall',
  'turned-away': 'problemTurnedAway',
  'too-dark': 'problemTooDark',
  'too-bright': 'problemTooBright',
  'no-contrast': 'problemNoContrast',
  blurred: 'problemBlurred',
  'picture-too-large': 'problemPictureTooLarge',
  'picture-unreadable': 'problemPictureUnreadable',
  'camera-slow': 'problemCameraSlow',
  'camera-unavailable': 'troubleCamera',
  failed: 'framingProblem',
} as const satisfies Record<string, TextKey>;

export type PortraitProblem = keyof typeof portraitProblemTexts;

/** What the codes of errors mean to somebody before the camera, where it is not their own name in small letters. */
const byErrorCode: Readonly<Record<string, PortraitProblem>> = {
  IMAGE_TOO_LARGE: 'picture-too-large',
  IMAGE_FILE_TOO_LARGE: 'picture-too-large',
  IMAGE_TOO_SLOW: 'picture-too-large',
  IMAGE_DAMAGED: 'picture-unreadable',
  IMAGE_DECODER_STOPPED: 'picture-unreadable',
  IMAGE_EMPTY: 'picture-unreadable',
  IMAGE_NOT_RECOGNISED: 'picture-unreadable',
  IMAGE_FORMAT_UNSUPPORTED: 'picture-unreadable',
  CAMERA_FAILED: 'camera-unavailable',
};

/** The problem that an error's code stands for: `FACE_TOO_DARK` is `too-dark`. Pure. */
export function portraitProblemOf(code: unknown): PortraitProblem {
  if (typeof code !== 'string') return 'failed';
  if (Object.hasOwn(byErrorCode, code)) return byErrorCode[code];
  const name = code
    .replace(/^FACE_/, '')
    .toLowerCase()
    .replaceAll('_', '-');
  return Object.hasOwn(portraitProblemTexts, name) ? (name as PortraitProblem) : 'failed';
}
