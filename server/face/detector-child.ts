import type { RgbImage } from '../image/rgb-image.ts';
import { answerRequests } from '../runtime/answer-requests.ts';
import type { DetectorKind, Face } from './face.ts';
import { createLocalDetector } from './local-detector.ts';

/** The process of `createFaceDetector`: answers one picture after the other. */

const detector = createLocalDetector(process.argv[2] as DetectorKind);
const grey = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(128) };

answerRequests<RgbImage, readonly Face[]>(
  // Loads the networks.
  () => detector.detect(grey),
  (image) => detector.detect(image),
);
