import type { RgbImage } from '../image/rgb-image.ts';
import type { Point } from './align.ts';

/** A rectangle in pixels of a picture. It may reach over the picture's edges. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Face {
  readonly box: Box;
  /** How sure the detector is that this is a face, 0..1. */
  readonly score: number;
  /** 68 points of the iBUG 300-W scheme in pixels of the picture. */
  readonly landmarks68: readonly Point[];
  /** How much it looks like an upright face the way its landmarks lie, 0..1; known of a portrait's largest face. */
  readonly upright?: number;
}

export interface FaceDetector {
  /**
   * Finds the faces of a picture, the largest first. `portrait` finds them whichever side of the picture is up, and
   * places their landmarks as each face sees itself. Starts the detector where it has not run yet.
   *
   * @throws FamiliarError FACE_DETECTOR_FAILED where it cannot run, or is closed while it does.
   */
  detect(image: RgbImage): Promise<Face[]>;
  /** Gives back what the detector holds. It must not be used afterwards. */
  close(): Promise<void>;
}

/**
 * `portrait` finds every face, small or filling the picture, and places its landmarks to a fraction of a per cent: for
 * photographs that are kept. `preview` is many times faster and good enough for hints.
 */
export type DetectorKind = 'portrait' | 'preview';
