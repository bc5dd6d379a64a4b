export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of a picture made to fit a square of `side` px; never enlarged, never less than a pixel. Pure. */
export function fitWithin({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
