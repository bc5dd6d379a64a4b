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
  /** Widths of the soft edges of the face, parts of its side. */
  readonly feather: { readonly x: number; readonly y: number };
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
    return {
      face: { x: 0, y: 0, side: 0.56 * short },
      portrait: hidden,
      light: 0,
      feather: { x: 0.3, y: 0.22 },
      wall: 1,
    };
  }
  if (state === 'arrived' && portrait) return pair(aspect);
  // A little larger than the wall's shorter side, so that no edge of the picture is seen there; the others melt away.
  const feather = aspect > 1.05 ? { x: 0.16, y: 0.004 } : aspect < 0.95 ? { x: 0.004, y: 0.16 } : { x: 0.01, y: 0.01 };
  return { face: { x: 0, y: 0, side: 1.03 * short }, portrait: hidden, light: 1, feather, wall: 0 };
}

/** Face and photograph, side by side or one above the other. */
function pair(aspect: number): Arrangement {
  const gap = 0.03;
  const wide = aspect >= 1;
  const side = wide ? Math.min(0.8, (aspect - 0.16) / 2) : Math.min(0.84 * aspect, 0.4);
  const away = (side + gap) / 2;
  const [x, y] = wide ? [away, 0] : [0, away];
  // Higher than the middle: the words stand below.
  const lift = 0.045;
  return {
    face: { x: -x, y: -y - lift, side },
    portrait: { x, y: y - lift, side, opacity: 1 },
    light: 0,
    feather: { x: 0.18, y: 0.18 },
    wall: 0,
  };
}
