import { eyesAndMouth } from '../face/align.ts';
import type { Face } from '../face/face.ts';
import { hasSecondPerson, type Refusal } from '../face/judge.ts';
import type { Observation } from '../installation/ports.ts';
import type { Hint } from '../protocol/snapshot.ts';

/** Where a face should be, as parts of the picture; who follows the hints has a portrait with room around it. */
const wish = {
  /** Distance of the eyes over the shorter side. */
  nearest: 0.42,
  farthest: 0.125,
  /** How far the middle of the eyes may lie from where the oval has it. */
  middle: { x: 0.5, y: 0.45, aside: 0.2, above: 0.3, below: 0.12 },
} as const;

/** What to say where a portrait of this face would be refused. */
const hintOf: Readonly<Record<Refusal, Hint>> = {
  'no-face': 'no-face',
  'several-faces': 'several-faces',
  'too-small': 'closer',
  'turned-away': 'look-here',
  'too-dark': 'more-light',
  'too-bright': 'less-light',
  'no-contrast': 'less-light',
  blurred: 'hold-still',
  'cut-off': 'centre',
};

/**
 * What to say to whoever stands before the camera, most urgent first; `ready` where nothing is in the way.
 * @param faces of the preview, the largest first
 * @param refusal why a portrait of the first would be refused
 * @param oneFace whether a second person is in the way
 */
export function hintsFor(
  faces: readonly Face[],
  refusal: Refusal | undefined,
  { width, height }: { readonly width: number; readonly height: number },
  oneFace: boolean,
): Observation {
  const [face] = faces;
  if (!face) return { hints: ['no-face'], faceBox: null };
  const { box } = face;
  const faceBox = { x: box.x / width, y: box.y / height, width: box.width / width, height: box.height / height };
  if (oneFace && hasSecondPerson(faces)) return { hints: ['several-faces'], faceBox };
  const { leftEye, rightEye, eyes } = eyesAndMouth(face.landmarks68);
  const distance = Math.hypot(rightEye[0] - leftEye[0], rightEye[1] - leftEye[1]) / Math.min(width, height);
  const hints = new Set<Hint>();
  if (distance < wish.farthest) hints.add('closer');
  if (distance > wish.nearest) hints.add('further');
  const { x, y, aside, above, below } = wish.middle;
  const down = eyes[1] / height - y;
  if (Math.abs(eyes[0] / width - x) > aside || down < -above || down > below) hints.add('centre');
  if (refusal) hints.add(hintOf[refusal]);
  return { hints: hints.size > 0 ? [...hints] : ['ready'], faceBox };
}
