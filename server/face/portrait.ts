import { FamiliarError } from '../errors.ts';
import type { ImageSource } from '../image/decode.ts';
import { type ImageDecoder, localDecoder } from '../image/decoder.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { alignmentQuad, type Point, type Quad } from './align.ts';
import { lookCloser } from './closer-look.ts';
import { cropFace } from './crop.ts';
import type { FaceDetector } from './face.ts';
import {
  defaultJudgeLimits,
  hasSecondPerson,
  type JudgeLimits,
  judgeFace,
  type Refusal,
  refusalSentences,
} from './judge.ts';
import { type FaceMeasures, measureFace } from './measure.ts';

export interface PortraitOptions {
  readonly detector: FaceDetector;
  /** Decodes the photograph; in this process where it is left out. */
  readonly decoder?: Pick<ImageDecoder, 'open'>;
  /** Sides of the aligned face in pixels. */
  readonly size: number;
  /** Where several faces are found: refuse the picture, or take the largest. */
  readonly faces: 'one' | 'largest';
  /** What is refused, where it differs from `defaultJudgeLimits`. `eyeDistance` is in pixels of the file. */
  readonly limits?: Partial<JudgeLimits>;
}

export interface Portrait {
  /** The aligned face, [size, size]. */
  readonly image: RgbImage;
  /** What it was cut from: the photograph or the part around the face, reduced where it is larger than needed. */
  readonly photograph: RgbImage;
  /** In pixels of `photograph`, like `quad` and `measures`. */
  readonly landmarks68: readonly Point[];
  readonly quad: Quad;
  readonly measures: FaceMeasures;
}

/** Photographs are searched at this size: a face of a twentieth of it is still found. */
const SEARCHED_SIDE = 1600;

/** Faces are cut from twice as many pixels as the result has, and from enough to be shown to their owner. */
const SHOWN_SIDE = 512;

/**
 * What looks less like an upright face than this is no face, or one that lies so that its crop would be wrong; see
 * `findUpright` for what was measured.
 */
const LEAST_UPRIGHT = 0.5;

/**
 * The whole way from a photograph to an aligned face. Throws IMAGE_* or FILE_* where the picture cannot be read, and
 * FACE_* where its face is refused (FACE_NO_FACE, FACE_TOO_DARK, ...), each with a sentence that names it.
 */
export async function preparePortrait(source: ImageSource, options: PortraitOptions): Promise<Portrait> {
  const { detector, decoder = localDecoder, size } = options;
  const opened = await decoder.open(source);
  const searched = await opened.read({ within: SEARCHED_SIDE });
  const faces = await detector.detect(searched);
  if (faces.length === 0) throw refused(opened.name, 'no-face');
  if (options.faces === 'one' && hasSecondPerson(faces)) throw refused(opened.name, 'several-faces');
  const [face] = faces;
  const sight = { image: searched, landmarks68: face.landmarks68, reduction: opened.width / searched.width };
  const wantedSide = 2 * Math.max(size, SHOWN_SIDE);
  const { image: photograph, landmarks68, reduction } = await lookCloser(opened, sight, wantedSide, detector);

  const measures = measureFace(photograph, landmarks68);
  const limits = { ...defaultJudgeLimits, ...options.limits };
  const refusal = judgeFace(measures, { ...limits, eyeDistance: limits.eyeDistance / reduction });
  if (refusal !== undefined) throw refused(opened.name, refusal);
  // Asked last: of a face that is dark or blurred there is something better to say.
  if ((face.upright ?? 1) < LEAST_UPRIGHT) throw refused(opened.name, 'no-face');
  const quad = alignmentQuad(landmarks68);
  return { image: await cropFace(photograph, quad, size), photograph, landmarks68, quad, measures };
}

const refused = (name: string, refusal: Refusal): FamiliarError =>
  new FamiliarError(`FACE_${refusal.toUpperCase().replaceAll('-', '_')}`, `${name}: ${refusalSentences[refusal]}.`);
