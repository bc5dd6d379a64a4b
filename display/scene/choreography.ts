import type { StateName } from '../../server/protocol/states.ts';

/** What the choreography looks at. */
export interface Situation {
  readonly state: StateName;
  readonly attractStyle: 'film' | 'wall' | 'alternate';
  /** Whether enough faces hang on the wall to be looked at. */
  readonly wallReady: boolean;
  /** Whether the photograph is there to be shown. */
  readonly portrait: boolean;
  /** Width to height of the picture. */
  readonly aspect: number;
  /** The server's time, s: all displays turn together. */
  readonly seconds: number;
}

/** Where everything goes. Lengths are parts of the picture's height, 0,0 its middle, y down. */
export interface Arrangement {
  readonly face: { readonly x: number; readonly y: number; readonly side: number };
  readonly portrait: { readonly x: number; readonly y: number; readonly side: number; readonly opacity: number };
  /** How much light the face throws around it, 0..1. */
  readonly light: number;
  /** Width of the soft edge of the face, part of its side. */
  readonly feather: number;
  /** How visible the wall of faces is, 0..1. */
  readonly wall: number;
}

/** In turn: so long the film, then so long the wall, s. */
export const turn = { film: 70, wall: 50 };

/** Whether the wall of faces is to be seen. Pure. */
export function showsWall({ state, attractStyle, wallReady, seconds }: Situation): boolean {
  if (state !== 'attract' || !wallReady || attractStyle === 'film') return false;
  return attractStyle === 'wall' || seconds % (turn.film + turn.wall) >= turn.film;
}

/** The arrangement for a situation. Pure: whoever draws moves there gently. */
export function arrange(situation: Situation): Arrangement {
  const { state, portrait, aspect } = situation;
  const short = Math.min(1, aspect);
  const hidden = { x: 0, y: 0, side: short, opacity: 0 };
  if (showsWall(situation)) {
    return { face: { x: 0, y: 0, side: 0.56 * short }, portrait: hidden, light: 0, feather: 0.3, wall: 1 };
  }
  if (state === 'arrived' && portrait) return pair(aspect);
  // A little larger than the wall is high: no edge of the picture is seen above or below.
  return { face: { x: 0, y: 0, side: 1.03 * short }, portrait: hidden, light: 1, feather: 0.16, wall: 0 };
}

/** Face and photograph, side by side or one above the other. */
function pair(aspect: number): Arrangement {
  const gap = 0.03;
  const wide = aspect >= 1;
  const side = wide ? Math.min(0.84, (aspect - 0.16) / 2) : Math.min(0.84 * aspect, 0.44);
  const away = (side + gap) / 2;
  const [x, y] = wide ? [away, 0] : [0, away];
  return {
    face: { x: -x, y: -y, side },
    portrait: { x, y, side, opacity: 1 },
    light: 0.35,
    feather: 0.1,
    wall: 0,
  };
}
