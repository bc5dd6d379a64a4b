import type { Mapping } from '../../server/protocol/mapping.ts';

/** How a picture that is mirrored and rotated is made and read. */
export interface Orientation {
  /** Size the picture must be drawn at, px: sides change places on a projector that lies on its side. */
  readonly width: number;
  readonly height: number;
  /** [2, 3] by rows: from a place in the mapped picture (0..1, y down) to the place in the drawn one. */
  readonly lookup: readonly [number, number, number, number, number, number];
}

/**
 * Quarter turns fill the screen; a small trim on top turns the picture about its centre in true proportion, so that its
 * corners are cut off rather than the faces bent. `rotation` in degrees clockwise.
 */
export function orient(
  screenWidth: number,
  screenHeight: number,
  { rotation, mirror }: Pick<Mapping, 'rotation' | 'mirror'>,
): Orientation {
  const onItsSide = Math.abs(Math.round(rotation / 90)) % 2 === 1;
  const width = onItsSide ? screenHeight : screenWidth;
  const height = onItsSide ? screenWidth : screenHeight;
  const angle = (rotation * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const flip = mirror ? -1 : 1;
  // Screen pixels about the centre, turned back, mirrored back, as parts of the drawn picture.
  const xx = (flip * cos * screenWidth) / width;
  const xy = (flip * sin * screenHeight) / width;
  const yx = (-sin * screenWidth) / height;
  const yy = (cos * screenHeight) / height;
  return { width, height, lookup: [xx, xy, 0.5 - (xx + xy) / 2, yx, yy, 0.5 - (yx + yy) / 2] };
}
