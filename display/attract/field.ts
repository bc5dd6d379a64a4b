/** The field in which the faces hang, in units of the distance at which the nearest one is seen. */
export interface Field {
  /** Different faces. */
  readonly faces: number;
  /** Faces in the field: each as often as it takes to fill it. */
  readonly count: number;
  /** From the nearest to the farthest. */
  readonly depth: number;
  /** Half of its height. */
  readonly spacious: number;
  /** Side of a face. */
  readonly size: number;
}

/** The field for so many faces: few hang closer and fewer, so that a young chain does not look like wallpaper. Pure. */
export function fieldFor(faces: number): Field {
  const count = faces === 0 ? 0 : Math.round(Math.min(420, Math.max(110, faces * 2.5)));
  const fullness = (count - 110) / 310;
  return { faces, count, depth: 6 + 3 * fullness, spacious: 2.4 + 0.6 * fullness, size: 0.58 - 0.08 * fullness };
}
