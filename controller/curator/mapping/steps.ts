import type { Point } from '../../../server/protocol/mapping.ts';

/** Pixels of the display by which an arrow key moves; null for other keys. */
export function arrowStep(key: string, count: number, width: number, height: number): Point | null {
  switch (key) {
    case 'ArrowLeft':
      return { x: -count / width, y: 0 };
    case 'ArrowRight':
      return { x: count / width, y: 0 };
    case 'ArrowUp':
      return { x: 0, y: -count / height };
    case 'ArrowDown':
      return { x: 0, y: count / height };
    default:
      return null;
  }
}

/** A place in pixels of the display: `120, 64 px`. */
export const pixels = (place: Point, width: number, height: number): string =>
  `${Math.round(place.x * width)}, ${Math.round(place.y * height)} px`;
