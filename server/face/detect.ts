import type { ChildProcess } from 'node:child_process';
import { FamiliarError } from '../errors.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { forkModule } from '../runtime/fork-module.ts';
import type { DetectorAnswer, DetectorRequest } from './detector-child.ts';
import type { DetectorKind, Face, FaceDetector } from './face.ts';

interface Waiting {
  readonly resolve: (faces: Face[]) => void;
  readonly reject: (error: FamiliarError) => void;
  readonly tooLong: NodeJS.Timeout;
}

/** Milliseconds after which a look has gone astray: far more than the largest photograph takes. */
const LONGEST_LOOK = 60_000;

/**
 * A face detector in a process of its own, so that whoever asks stays responsive: TensorFlow.js blocks its thread for as
 * long as it looks. The process starts with the first picture, and again with the next one where it died.
 */
export function createFaceDetector(kind: DetectorKind = 'portrait', longestLook = LONGEST_LOOK): FaceDetector {
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | undefined;
  let count = 0;
  let isClosed = false;

  function take(id: number): Waiting | undefined {
    const asked = waiting.get(id);
    clearTimeout(asked?.tooLong);
    waiting.delete(id);
    return asked;
  }

  function start(): ChildProcess {
    const started = forkModule('./detector-child', import.meta.url, {
      args: [kind],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    started.on('message', (answer: DetectorAnswer) => {
      const asked = take(answer.id);
      if ('faces' in answer) asked?.resolve([...answer.faces]);
      else asked?.reject(failed(answer.reason));
    });
    const end = (reason: string) => {
      if (child === started) child = undefined;
      for (const id of [...waiting.keys()]) take(id)?.reject(failed(reason));
    };
    started.on('error', (error) => end(error.message));
    started.on('exit', (code, signal) => end(`its process ended (${signal ?? code})`));
    return started;
  }

  return {
    detect: (image: RgbImage) =>
      new Promise((resolve, reject) => {
        if (isClosed) {
          reject(failed('it is closed'));
          return;
        }
        child ??= start();
        const asked = child;
        const id = count++;
        waiting.set(id, { resolve, reject, tooLong: setTimeout(() => asked.kill('SIGKILL'), longestLook) });
        asked.send({ id, image } satisfies DetectorRequest, (error) => {
          if (error !== null) take(id)?.reject(failed(error.message));
        });
      }),
    close: async () => {
      isClosed = true;
      const ended = child;
      if (ended === undefined || ended.exitCode !== null) return;
      await new Promise<void>((resolve) => {
        ended.once('exit', () => resolve());
        ended.kill();
      });
    },
  };
}

const failed = (reason: string): FamiliarError =>
  new FamiliarError(
    'FACE_DETECTOR_FAILED',
    `The face detector cannot work: ${reason}. Try again; if it stays, run 'npm ci'.`,
  );
