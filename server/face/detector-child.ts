import { messageOf } from '../errors.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import type { DetectorKind, Face } from './face.ts';
import { createLocalDetector } from './local-detector.ts';

/** The process of `createFaceDetector`: answers one picture after the other. */

export interface DetectorRequest {
  readonly id: number;
  readonly image: RgbImage;
}

export type DetectorAnswer =
  | { readonly id: number; readonly faces: readonly Face[] }
  | { readonly id: number; readonly reason: string };

const detector = createLocalDetector(process.argv[2] as DetectorKind);
let last: Promise<unknown> = Promise.resolve();

process.on('message', ({ id, image }: DetectorRequest) => {
  last = last.then(async () => {
    const answer: DetectorAnswer = await detector.detect(image).then(
      (faces) => ({ id, faces }),
      (error) => ({ id, reason: messageOf(error) }),
    );
    process.send?.(answer);
  });
});
// Ctrl-C reaches every process of a terminal: whoever asked decides what it means.
process.on('SIGINT', () => {});
// The process that asked is gone: there is nobody left to look for.
process.on('disconnect', () => process.exit());
