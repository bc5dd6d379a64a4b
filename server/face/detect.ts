import { FamiliarError, messageOf } from '../errors.ts';
import { forkModule } from '../runtime/fork-module.ts';
import { RequestProcess } from '../runtime/request-process.ts';
import type { DetectorRequest } from './detector-child.ts';
import type { DetectorKind, Face, FaceDetector } from './face.ts';
import { findUpright, type Look } from './upright.ts';

export interface FaceDetectorOptions {
  /** Longest time for a look at a picture, ms: some forty times what the slowest takes. */
  readonly patience?: number;
  /** Longest time to load the networks, ms: from a cold disk it takes long. */
  readonly startPatience?: number;
  /** Called with the reason when the detector hangs or dies, and with null when it works again. */
  readonly onTrouble?: (reason: string | null) => void;
}

/** For commands, where nobody stands waiting and a busy computer must not end hours of work. */
export const unhurried = { patience: 120_000 } satisfies FaceDetectorOptions;

/**
 * A face detector in a process of its own, so that its caller stays responsive: TensorFlow.js blocks its thread while it
 * looks. The process starts with the first picture. One that hangs or dies is replaced, and the picture is tried again
 * once.
 */
export function createFaceDetector(
  kind: DetectorKind = 'portrait',
  { patience = 12_000, startPatience = 60_000, onTrouble }: FaceDetectorOptions = {},
): FaceDetector {
  const detector = new RequestProcess<DetectorRequest, readonly Face[]>({
    fork: () =>
      forkModule('./detector-child', import.meta.url, {
        args: [kind],
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      }),
    patience,
    startPatience,
    attempts: 2,
    pingsWhenIdle: true,
    onTrouble,
  });
  // Each of a portrait's directions is a request of its own, so that `patience` is for one look.
  const look: Look = (image, isTurned) => detector.ask({ image, isTurned });
  return {
    detect: async (image) => {
      try {
        return kind === 'portrait' ? await findUpright(image, look) : [...(await look(image, false))];
      } catch (error) {
        throw failed(messageOf(error));
      }
    },
    close: () => detector.close(),
  };
}

const failed = (reason: string): FamiliarError =>
  new FamiliarError(
    'FACE_DETECTOR_FAILED',
    `The face detector cannot work: ${reason}. Try again; if it stays, run 'npm ci'.`,
  );
