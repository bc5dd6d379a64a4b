import type { RgbImage } from '../image/rgb-image.ts';
import { answerRequests } from '../runtime/answer-requests.ts';
import type { DetectorKind, Face } from './face.ts';
import { createLocalLook } from './local-detector.ts';

/** The process of `createFaceDetector`: answers one picture after the other. */

export interface DetectorRequest {
  readonly image: RgbImage;
  readonly isTurned: boolean;
}

const { look } = createLocalLook(process.argv[2] as DetectorKind);
const grey = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(128) };

answerRequests<DetectorRequest, readonly Face[]>(
  // Loads the networks.
  () => look(grey, false),
  ({ image, isTurned }) => look(image, isTurned),
);
