import { cropFace } from '../face/crop.ts';
import { createFaceDetector } from '../face/detect.ts';
import type { FaceDetector } from '../face/face.ts';
import { judgeFace, previewJudgeLimits } from '../face/judge.ts';
import { measureFace } from '../face/measure.ts';
import { preparePortrait } from '../face/portrait.ts';
import { previewLimits } from '../image/decode.ts';
import type { ImageDecoder } from '../image/decoder.ts';
import { encodeJpeg } from '../image/encode.ts';
import type { Observation, Photograph, Portrait, PortraitPort, Preview } from '../installation/ports.ts';
import { hintsFor } from './hints.ts';

/** Longest side at which a preview is looked at: enough for hints, quick enough for several a second. */
const previewSide = 320;
/** Sides of the portrait that people are shown. */
const shownSide = 512;

export interface PortraitOptions {
  /** Sides of the aligned face that the pack wants, px. */
  readonly resolution: number;
  readonly severalFaces: 'refuse' | 'largest';
  /** Least distance between the eyes in pixels of the photograph. */
  readonly smallestFace: number;
  readonly decoder: ImageDecoder;
  /** Gives a named detector where to tell why it stopped, and null when it works again. */
  readonly troubleOf: (name: string) => (reason: string | null) => void;
}

/** The way from the camera's pictures to portraits and hints. Detectors run in processes of their own. */
export class Portraits implements PortraitPort {
  readonly #options: PortraitOptions;
  readonly #decoder: ImageDecoder;
  readonly #careful: FaceDetector;
  readonly #quick: FaceDetector;

  constructor(options: PortraitOptions) {
    const { decoder, troubleOf } = options;
    this.#options = options;
    this.#decoder = decoder;
    this.#careful = createFaceDetector('portrait', { onTrouble: troubleOf('The face detector') });
    this.#quick = createFaceDetector('preview', { onTrouble: troubleOf('The face detector for previews') });
  }

  async prepare({ bytes }: Photograph, signal: AbortSignal): Promise<Portrait> {
    const { resolution, severalFaces, smallestFace } = this.#options;
    const { image, photograph, quad } = await preparePortrait(
      { name: 'The photograph', bytes },
      {
        detector: this.#careful,
        decoder: this.#decoder,
        size: resolution,
        faces: severalFaces === 'refuse' ? 'one' : 'largest',
        limits: { eyeDistance: smallestFace },
      },
    );
    signal.throwIfAborted();
    return { target: image, picture: await encodeJpeg(await cropFace(photograph, quad, shownSide)) };
  }

  async observe({ bytes }: Preview): Promise<Observation> {
    const image = await this.#decoder.decode({ name: 'preview', bytes }, { within: previewSide }, previewLimits);
    const faces = await this.#quick.detect(image);
    const refusal =
      faces.length > 0 ? judgeFace(measureFace(image, faces[0].landmarks68), previewJudgeLimits) : undefined;
    return hintsFor(faces, refusal, image, this.#options.severalFaces === 'refuse');
  }

  /** Loads the detectors ahead of the first visitor. */
  async warmUp(): Promise<void> {
    const grey = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(128) };
    await Promise.all([this.#careful.detect(grey), this.#quick.detect(grey)]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#careful.close(), this.#quick.close()]);
  }
}
