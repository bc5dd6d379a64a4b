import type { CurvePoint, Progress } from '../protocol/snapshot.ts';
import { Playhead, pictureChange } from './pacing.ts';
import type { Becoming, BecomingStep, Clock, Off } from './ports.ts';
import { StepRedraw } from './step-redraw.ts';

/** Bytes of pictures that may wait to be shown. */
const memory = 192 * 1024 * 1024;
/** Part of the pace after which the engine should be done, so that the wall need not wait for its last step. */
export const engineShare = 0.92;
/** A long way to one step is told of so often, ms. */
const progressEvery = 1_000;
/** Most points of a curve. */
const curvePoints = 500;

export interface PlayerPorts {
  readonly clock: Clock;
  /** Shows a picture, to be dissolved into over `seconds`. */
  readonly show: (step: BecomingStep, seconds: number) => void;
  /** Told of every new step, and as long as the face is on its way to one. */
  readonly progress: (progress: Progress, point: CurvePoint | null) => void;
  /** Seconds the becoming takes, as it is set now. */
  readonly pace: () => number;
  readonly isFrozen: () => boolean;
  /** Most pictures a second. */
  readonly fps: number;
}

/** Takes the steps of a becoming as the engine makes them and shows them as the pace wants them. */
export class BecomingPlayer {
  readonly #becoming: Becoming;
  readonly #ports: PlayerPorts;
  readonly #playhead = new Playhead<BecomingStep>();
  readonly #redraw: StepRedraw;
  #stopTimer: Off | null = null;
  #last = 0;
  /** When this beat was due, ms. */
  #beat = 0;
  #shown: BecomingStep | null = null;
  #pointAt = 0;
  #toldAt = 0;
  #ended = false;
  #failure: unknown = null;
  #over: (() => void) | null = null;

  constructor(becoming: Becoming, ports: PlayerPorts) {
    this.#becoming = becoming;
    this.#ports = ports;
    this.#redraw = new StepRedraw({ redraw: (step) => becoming.redraw(step), show: ports.show });
  }

  /** Resolves when the last step was reached in time, or `stop` was called; rejects when the engine cannot go on. */
  async play(): Promise<void> {
    this.#last = this.#ports.clock.now();
    this.#beat = this.#last;
    const over = new Promise<void>((resolve) => {
      this.#over = resolve;
    });
    void this.#gather();
    this.#tick();
    await over;
    if (this.#failure !== null) throw this.#failure;
  }

  /** Stops; with `atEnd` the newest picture is shown first. */
  stop(atEnd: boolean): void {
    const newest = this.#playhead.newest;
    if (atEnd && newest && newest !== this.#shown) this.#ports.show(newest, 1);
    this.#finish();
  }

  /** Shows the newest picture at once, also while frozen: those before it show a face that was deleted. */
  toNewest(): void {
    const newest = this.#playhead.toNewest();
    if (this.#ended || newest === null || newest === this.#shown) return;
    this.#shown = newest;
    this.#redraw.show(newest, 1);
  }

  /** Sliders have moved: what is shown from now on is bent otherwise, also what stands there frozen. */
  bent(): void {
    this.#redraw.bent(this.#shown);
  }

  async #gather(): Promise<void> {
    let before: BecomingStep | null = null;
    try {
      for await (const step of this.#becoming.steps) {
        if (this.#ended) return;
        this.#redraw.add(step);
        this.#playhead.add(step, step.done, before ? pictureChange(before.image, step.image) : 0);
        this.#playhead.thin(Math.floor(memory / Math.max(1, step.image.data.byteLength)));
        before = step;
      }
      // An engine that stopped early, because the face was found, is done.
      if (before) this.#playhead.add(before, 1, 0);
      else throw new Error('The engine made no step.');
    } catch (error) {
      if (this.#ended) return;
      this.#failure = error;
      this.#finish();
    }
  }

  #tick(): void {
    if (this.#ended) return;
    const { clock, pace, isFrozen, fps } = this.#ports;
    const now = clock.now();
    // A clock that was set, or a machine that slept, must not make the face leap.
    const seconds = Math.min(1, Math.max(0, (now - this.#last) / 1_000));
    this.#last = now;
    if (!isFrozen()) this.#advance(seconds, pace(), now);
    if (this.#playhead.isOver) this.#finish();
    else {
      // Beats have their places on an even grid: late ones do not add up. What was missed is left out, and a clock that
      // was set back must not make the face wait.
      const interval = 1_000 / fps;
      this.#beat = Math.min(now + interval, Math.max(now, this.#beat + interval));
      this.#stopTimer = clock.setTimeout(() => this.#tick(), this.#beat - now);
    }
  }

  #advance(seconds: number, pace: number, now: number): void {
    const approach = this.#playhead.advance(seconds, pace);
    if (!approach) return;
    const step = approach.item;
    const isNew = step !== this.#shown;
    if (!isNew && (this.#playhead.isStarved || now < this.#toldAt + progressEvery)) return;
    this.#shown = step;
    this.#toldAt = now;
    if (isNew) this.#redraw.show(step, approach.seconds);
    const done = this.#playhead.elapsed;
    const progress: Progress = {
      step: step.step,
      steps: step.done > 0 ? Math.max(step.step, Math.round(step.step / step.done)) : step.step,
      done,
      secondsLeft: (1 - done) * pace,
      likeness: step.likeness,
      loss: step.loss,
    };
    const isPoint = isNew && (done >= this.#pointAt || this.#playhead.isOver);
    if (isPoint) this.#pointAt = done + 1 / curvePoints;
    this.#ports.progress(progress, isPoint ? { step: step.step, loss: step.loss, likeness: step.likeness } : null);
  }

  #finish(): void {
    this.#ended = true;
    this.#redraw.stop();
    this.#stopTimer?.();
    this.#over?.();
  }
}
