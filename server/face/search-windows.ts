import type { Box } from './face.ts';

/** A square part of a picture, which may reach over its edges, at which a detector looks. */
export interface Window {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** Smaller tiles than the detector's own input show it nothing new. */
const SMALLEST_TILE = 512;

/**
 * Where to look for faces, in turns: the next turn is only taken when the one before found nobody.
 *
 * First the whole picture. Then the picture with room around it, because detectors do not know faces that fill their
 * view. Then, in large pictures, overlapping tiles, for people who are small in them; two neighbours share half of their
 * width, so that no face is cut in both.
 */
export function searchWindows(width: number, height: number): Window[][] {
  const longest = Math.max(width, height);
  const centred = (side: number): Window => ({ x: (width - side) / 2, y: (height - side) / 2, side });
  const turns = [[centred(longest)], [centred(1.6 * longest)]];
  if (longest > 1.2 * SMALLEST_TILE) {
    const side = Math.max(SMALLEST_TILE, longest / 2);
    const starts = (length: number): number[] => {
      const count = Math.ceil((2 * length) / side - 1);
      if (count <= 1) return [(length - side) / 2];
      return Array.from({ length: count }, (_, i) => ((length - side) * i) / (count - 1));
    };
    turns.push(starts(height).flatMap((y) => starts(width).map((x) => ({ x, y, side }))));
  }
  return turns;
}

/** What was found in overlapping windows, each face once: the surest of those that share most of their area. */
export function mergeFinds<T extends { readonly box: Box; readonly score: number }>(finds: readonly T[]): T[] {
  const kept: T[] = [];
  for (const find of [...finds].sort((a, b) => b.score - a.score)) {
    if (!kept.some((other) => sharedPart(find.box, other.box) > 0.5)) kept.push(find);
  }
  return kept;
}

/** The area that two boxes share, as part of the smaller one: 1 where it lies in the other. */
function sharedPart(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const smaller = Math.min(a.width * a.height, b.width * b.height);
  return width <= 0 || height <= 0 || smaller <= 0 ? 0 : (width * height) / smaller;
}
