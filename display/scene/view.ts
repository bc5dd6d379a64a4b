/**
 * Everything one drawing of the wall depends on, apart from pictures. One object, changed in place: drawing allocates
 * nothing. Lengths are parts of the wall's height, 0,0 its middle, y down.
 */
export interface View {
  /** Of the dissolve into the newest picture, 0..1. */
  progress: number;
  face: { x: number; y: number; side: number; opacity: number; featherX: number; featherY: number; light: number };
  portrait: { x: number; y: number; side: number; opacity: number };
  /** How far each look is in, 0..1. */
  looks: { painterly: number; grain: number };
  /** The wall of faces: how visible, how far it has receded (faces), where it is looked at from. */
  wall: { opacity: number; receded: number; swayX: number; swayY: number };
  /** Brightness of everything together, 0..1: master, blackout, fading in. */
  light: number;
  testPattern: boolean;
  /** Changes the grain: counts up some 24 times a second. */
  moment: number;
}

export const createView = (): View => ({
  progress: 0,
  face: { x: 0, y: 0, side: 1, opacity: 0, featherX: 0.1, featherY: 0.1, light: 1 },
  portrait: { x: 0, y: 0, side: 1, opacity: 0 },
  looks: { painterly: 0, grain: 0 },
  wall: { opacity: 0, receded: 0, swayX: 0, swayY: 0 },
  light: 0,
  testPattern: false,
  moment: 0,
});
