import { toTensor } from '../image/rgb-image.ts';
import { likeness } from '../projection/likeness.ts';
import { type BecomeMessage, type StepMessage, stepsUnderWay } from './messages.ts';
import { PaceClock } from './pace-clock.ts';
import type { Studio } from './studio.ts';

/** Steps over which a becoming that was cut off gathers speed again. */
const easeInSteps = 60;

/**
 * Noise maps are large and change slowly. They are sent this often in ms, sooner where the face has come this much further
 * since (0..1), and with the last step. What goes on after a crash starts with the newest ones.
 */
const noiseIntervalMs = 500;
const noiseIntervalDone = 0.01;

/** One becoming inside of the engine's process: a projection paced by time instead of by a number of steps. */
export class BecomingJob {
  readonly id: number;
  readonly #order: BecomeMessage;
  readonly #clock: PaceClock;
  readonly #abort = new AbortController();
  readonly #now: () => number;
  #underWay = 0;
  #goOn: () => void = () => {};

  constructor(order: BecomeMessage, now: () => number = performance.now.bind(performance)) {
    this.id = order.id;
    this.#order = order;
    this.#now = now;
    this.#clock = new PaceClock(order.done, order.seconds, now());
  }

  retime(seconds: number): void {
    this.#clock.retime(seconds, this.#now());
  }

  /** The other end has taken a step. */
  taken(): void {
    this.#underWay--;
    this.#goOn();
  }

  /** Something else is to be drawn: that does not wait until a step is taken. */
  wake(): void {
    this.#goOn();
  }

  stop(): void {
    this.#abort.abort();
    this.#goOn();
  }

  /**
   * Sends steps until the time is up or it is stopped. `between` is what else the engine has to draw, after every step.
   */
  async run(studio: Studio, send: (step: StepMessage) => void, between: () => Promise<void>): Promise<void> {
    const { target, start, isWarm, step: firstStep, done: doneBefore } = this.#order;
    const { resolution } = studio.ready.pack;
    const { signal } = this.#abort;
    const portrait = toTensor({ width: resolution, height: resolution, data: target });
    const isContinued = firstStep > 0;
    const moments = studio.projector.become({
      target: portrait,
      start: studio.latent(start ?? studio.start),
      isWarm,
      seed: 0,
      // The first picture is the start itself, however long the target took to be looked at.
      progress: (frame) => (frame === 0 ? doneBefore : this.#clock.done(this.#now())),
      easeIn: isContinued ? easeInSteps : 0,
      signal,
    });
    let meanFaceDistance: number | undefined;
    let step = firstStep;
    let noiseSent = { at: Number.NEGATIVE_INFINITY, done: 0 };
    for await (const { frame, done, isLast, show } of moments) {
      // After a crash the first picture is the last one that was journalled: it has been shown.
      if (isContinued && frame === 0 && !isLast) continue;
      const seen = await show();
      meanFaceDistance ??= await studio.meanFaceDistance(portrait);
      this.#underWay++;
      const hasNoise =
        isLast || this.#now() - noiseSent.at >= noiseIntervalMs || done - noiseSent.done >= noiseIntervalDone;
      if (hasNoise) noiseSent = { at: this.#now(), done };
      send({
        type: 'step',
        id: this.id,
        step: step++,
        done: Math.max(doneBefore, done),
        isLast,
        loss: seen.loss,
        likeness: likeness(seen.perceptual, meanFaceDistance),
        ws: seen.latent.ws,
        noise: hasNoise ? studio.noiseOf(seen.latent) : null,
        ...(await studio.pictures(seen.image, seen.latent)),
      });
      await between();
      while (this.#underWay >= stepsUnderWay && !signal.aborted) {
        await new Promise<void>((go) => (this.#goOn = go));
        await between();
      }
      if (signal.aborted) return;
    }
  }
}
