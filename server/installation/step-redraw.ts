import type { RgbImage } from '../image/rgb-image.ts';
import type { BecomingStep } from './ports.ts';

/** Steps that may be on their way from the engine, drawn before it knew of a slider that has moved. */
const underWay = 3;
/** Seconds in which a picture that stands there dissolves into itself, bent otherwise. */
const dissolve = 0.13;

export interface StepRedrawPorts {
  /** Draws a step as faces are bent now; rejects while the engine is away. */
  readonly redraw: (step: BecomingStep) => Promise<RgbImage>;
  readonly show: (step: BecomingStep, seconds: number) => void;
}

/**
 * Shows the steps of a becoming. The engine is ahead of the wall: where sliders have moved since it drew a step, the step
 * is drawn again before it is shown. One is drawn at a time, always the latest that is wanted.
 */
export class StepRedraw {
  readonly #ports: StepRedrawPorts;
  /** Counts the moves of sliders; each step has the count that it was drawn with. */
  #bend = 0;
  readonly #bends = new WeakMap<BecomingStep, number>();
  #owed = 0;
  #wanted: { readonly step: BecomingStep; readonly seconds: number } | null = null;
  #isDrawing = false;
  #isStopped = false;

  constructor(ports: StepRedrawPorts) {
    this.#ports = ports;
  }

  /** A step has come from the engine. */
  add(step: BecomingStep): void {
    this.#bends.set(step, this.#owed > 0 ? -1 : this.#bend);
    this.#owed = Math.max(0, this.#owed - 1);
  }

  /** Sliders have moved; what stands there is shown as they want it. */
  bent(shown: BecomingStep | null): void {
    this.#bend += 1;
    this.#owed = underWay;
    if (shown) this.show(shown, dissolve);
  }

  /** Shows a step, to be dissolved into over `seconds`, at once where it need not be drawn again. */
  show(step: BecomingStep, seconds: number): void {
    if (this.#isStopped) return;
    const isFresh = this.#bends.get(step) === this.#bend;
    this.#wanted = isFresh ? null : { step, seconds };
    if (isFresh) this.#ports.show(step, seconds);
    else if (!this.#isDrawing) void this.#draw();
  }

  stop(): void {
    this.#isStopped = true;
    this.#wanted = null;
  }

  async #draw(): Promise<void> {
    this.#isDrawing = true;
    while (this.#wanted) {
      const wanted = this.#wanted;
      const { step, seconds } = wanted;
      // Without the engine it is shown as it is: the becoming goes on.
      const image = await this.#ports.redraw(step).catch(() => step.image);
      // A fresh step was shown meanwhile, or it is over.
      if (this.#wanted === null) break;
      this.#ports.show({ ...step, image }, seconds);
      if (this.#wanted === wanted) this.#wanted = null;
    }
    this.#isDrawing = false;
  }
}
