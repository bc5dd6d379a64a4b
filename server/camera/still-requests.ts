import type { Photograph } from '../installation/ports.ts';
import { cameraAborted, cameraSlow } from './errors.ts';

interface Waiting {
  readonly resolve: (photograph: Photograph) => void;
  readonly reject: (error: Error) => void;
}

/** Photographs that were asked for elsewhere and have not come yet. */
export class StillRequests {
  readonly #patience: number;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  /** @param patience ms after which a photograph is given up */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Asks under a new number and waits. Rejects with CAMERA_SLOW, CAMERA_ABORTED, or what `fail` is told. */
  ask(ask: (id: number) => void, signal: AbortSignal): Promise<Photograph> {
    if (signal.aborted) return Promise.reject(cameraAborted());
    const id = this.#next++;
    return new Promise<Photograph>((resolve, reject) => {
      const abort = () => this.fail(id, cameraAborted());
      const timer = setTimeout(() => this.fail(id, cameraSlow(this.#patience / 1000)), this.#patience);
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
      };
      signal.addEventListener('abort', abort);
      this.#waiting.set(id, {
        resolve: (photograph) => {
          end();
          resolve(photograph);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      });
      ask(id);
    });
  }

  /** False where nobody waits for that number. */
  give(id: number, photograph: Photograph): boolean {
    const waiting = this.#take(id);
    waiting?.resolve(photograph);
    return waiting !== undefined;
  }

  fail(id: number, error: Error): void {
    this.#take(id)?.reject(error);
  }

  failAll(error: Error): void {
    for (const id of [...this.#waiting.keys()]) this.fail(id, error);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
