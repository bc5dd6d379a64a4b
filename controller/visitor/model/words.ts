import type { Hint, QueueTicket } from '../../../server/protocol/snapshot.ts';
import { fillText, type TextKey, type Texts } from '../../../server/protocol/texts.ts';
import type { CameraProblem } from '../camera/camera-problem.ts';

/** Which text says each hint. */
export const hintTexts: Readonly<Record<Hint, TextKey>> = {
  'no-face': 'hintNoFace',
  'several-faces': 'hintSeveralFaces',
  closer: 'hintCloser',
  further: 'hintFurther',
  centre: 'hintCentre',
  'look-here': 'hintLookHere',
  'more-light': 'hintMoreLight',
  'less-light': 'hintLessLight',
  'hold-still': 'hintHoldStill',
  ready: 'hintReady',
};

/** What visitors, and then staff, are told of a camera that cannot be used. */
export const cameraTexts: Readonly<Record<CameraProblem, { readonly visitor: TextKey; readonly staff: TextKey }>> = {
  insecure: { visitor: 'cameraDenied', staff: 'staffInsecure' },
  denied: { visitor: 'cameraDenied', staff: 'staffDenied' },
  missing: { visitor: 'cameraMissing', staff: 'staffMissing' },
  busy: { visitor: 'cameraBusy', staff: 'staffBusy' },
};

/** `1:05 min`, `40 s`: the same in all our languages. */
export function timeLeft(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`;
}

/** "2 before you", or "You are next"; with the time to wait where it is a minute or more. */
export function placeText(texts: Texts, { place, wait }: QueueTicket): string {
  const before = place - 1;
  const where = before < 1 ? texts.queueNext : fillText(texts.queuePlace, { count: before });
  const minutes = Math.round(wait / 60);
  return minutes < 1 ? where : `${where} · ${fillText(texts.queueWait, { minutes })}`;
}
