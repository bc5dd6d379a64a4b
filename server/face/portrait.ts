import { FamiliarError } from '../errors.ts';
import { type ImageSource, openImage } from '../image/decode.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { alignmentQuad, type Point, type Quad } from './align.ts';
import { cropFace } from './crop.ts';
import type { FaceDetector } from './face.ts';
import { judgeFace, type Refusal, refusalSentences } from './judge.ts';
import { type FaceMeasures, measureFace } from './measure.ts';

export interface PortraitOptions {
  readonly detector: FaceDetector;
  /** Sides of the aligned face in pixels. */
  readonly size: number;
  /** Where several faces are found: refuse the picture, or take the largest. */
  readonly faces: 'one' | 'largest';
}

export interface Portrait {
  /** The aligned face, [size, size]. */
  readonly image: RgbImage;
  /** The photograph it was cut from, as it was decoded; landmarks and quad are in its pixels. */
  readonly photograph: RgbImage;
  readonly landmarks68: readonly Point[];
  readonly quad: Quad;
  readonly measures: FaceMeasures;
}

/** Photographs are decoded at this size at most: enough for a face that fills a quarter of it at 1024 px. */
const LARGEST_SIDE = 3072;

/**
 * The whole way from a photograph to an aligned face. Throws IMAGE_* where the picture cannot be read, FACE_* with a
 * sentence that names it where its face is refused (FACE_NO_FACE, FACE_TOO_DARK, ...).
 */
export async function preparePortrait(source: ImageSource, options: PortraitOptions): Promise<Portrait> {
  const opened = await openImage(source);
  const photograph = await opened.read({ within: LARGEST_SIDE });
  const faces = await options.detector.detect(photograph);
  if (faces.length === 0) throw refused(opened.name, 'no-face');
  if (faces.length > 1 && options.faces === 'one') throw refused(opened.name, 'several-faces');
  const [{ landmarks68 }] = faces;
  const measures = measureFace(photograph, landmarks68);
  const refusal = judgeFace(measures);
  if (refusal !== undefined) throw refused(opened.name, refusal);
  const quad = alignmentQuad(landmarks68);
  return { image: await cropFace(photograph, quad, options.size), photograph, landmarks68, quad, measures };
}

const refused = (name: string, refusal: Refusal): FamiliarError =>
  new FamiliarError(`FACE_${refusal.toUpperCase().replaceAll('-', '_')}`, `${name}: ${refusalSentences[refusal]}.`);
