import type { BecomingRecord } from '../chain/becoming-record.ts';
import type { Chain } from '../chain/chain.ts';
import { toHalf, vectorOf } from '../chain/step-record.ts';
import { messageOf } from '../errors.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import type { Becoming, BecomingStep } from '../installation/ports.ts';
import { engineFailed } from './errors.ts';
import type { BecomeMessage, StepMessage, ToEngine } from './messages.ts';
import { NoiseMemory } from './noise-memory.ts';
import { StepQueue } from './step-queue.ts';

/** Crashes without a single new step after which it is no use to try again. */
const mostFailures = 5;
/** A becoming goes on after a crash with at least this part of its time, so that it does not end in a leap. */
const leastLeft = 0.1;

export interface LiveBecomingParts {
  readonly id: number;
  readonly chain: Chain;
  readonly record: BecomingRecord;
  readonly receipt: string;
  readonly target: RgbImage;
  readonly start: Float32Array | null;
  readonly seconds: number;
  readonly send: (message: ToEngine) => void;
  /** Draws a latent as faces are bent now. Rejects while the engine is away. */
  readonly draw: (vector: Float32Array) => Promise<RgbImage>;
  /** Told in words what goes wrong without ending the becoming; null once it is right again. */
  readonly onTrouble: (trouble: string | null) => void;
  /** It is over, kept or not; `ws` is its last latent where the face was kept. */
  readonly onOver: (kept: { readonly id: string; readonly ws: Float32Array } | null) => void;
}

/**
 * One becoming as the server sees it: journals what the engine's process sends before it passes it on, and has the next
 * process go on where the last one died.
 */
export class LiveBecoming implements Becoming {
  readonly id: number;
  readonly face: string;
  readonly from: string | null;
  readonly receipt: string;
  readonly steps: AsyncIterable<BecomingStep>;
  readonly #parts: LiveBecomingParts;
  readonly #queue: StepQueue<BecomingStep>;
  /** Latents of the steps that somebody may still want to be drawn. */
  readonly #ws = new WeakMap<BecomingStep, Float32Array>();
  readonly #noise = new NoiseMemory();
  #seconds: number;
  #work: Promise<unknown> = Promise.resolve();
  /** The newest step's picture to be kept. */
  #image: RgbImage | null = null;
  #lastAt = performance.now();
  #failures = 0;
  #end: Promise<void> | null = null;
  #isStopped = false;
  #hasTrouble = false;

  constructor(parts: LiveBecomingParts) {
    this.id = parts.id;
    this.face = parts.record.face.id;
    this.from = parts.record.face.from;
    this.receipt = parts.receipt;
    this.#parts = parts;
    this.#seconds = parts.seconds;
    this.#queue = new StepQueue(() => parts.send({ type: 'taken', id: parts.id }));
    this.steps = this.#queue;
  }

  /** Has the engine begin, or go on from the last journalled step. */
  order(): void {
    this.#inTurn(async () => {
      if (!this.#isStopped) this.#parts.send({ type: 'become', ...this.#message() });
    });
  }

  take(message: StepMessage): void {
    this.#inTurn(() => this.#pass(message));
  }

  /** The engine's process is gone. */
  lost(reason: string): void {
    this.#inTurn(async () => {
      if (!this.#isStopped && ++this.#failures >= mostFailures) await this.#giveUp(reason);
    });
  }

  /** The engine could not go on with this one, but lives. */
  refused(reason: string): void {
    this.lost(reason);
    this.order();
  }

  retime(seconds: number): void {
    this.#seconds = seconds;
    this.#parts.send({ type: 'retime', id: this.id, seconds });
  }

  async redraw(step: BecomingStep): Promise<RgbImage> {
    const ws = this.#ws.get(step);
    return ws ? this.#parts.draw(vectorOf({ ws, noise: this.#noise.at(step.step) })) : step.image;
  }

  /** The face it grows out of is being deleted: nothing is drawn from its noise any more. */
  startForgotten(): void {
    this.#noise.forgetStart();
  }

  finish(): Promise<void> {
    return this.#over(() => this.#keep('early'));
  }

  abandon(): Promise<void> {
    const kept = this.#end;
    if (kept === null) return this.#over(() => this.#drop());
    // It may have arrived and been kept by itself already.
    return kept.catch(() => undefined).then(async () => void (await this.#parts.chain.forget(this.face)));
  }

  /** The face is being deleted: nothing more is written or told. */
  forgotten(): Promise<void> {
    return this.#over(async () => this.#parts.onOver(null));
  }

  /** The program ends; the next start closes what is journalled. */
  suspend(): void {
    this.#isStopped = true;
    this.#queue.end();
  }

  #message(): BecomeMessage {
    const { record, target, start } = this.#parts;
    const { last, vector } = record;
    const common = { id: this.id, target: target.data, seconds: this.#seconds };
    if (last === null) return { ...common, start, isWarm: start !== null, step: 0, done: 0 };
    // The pace is people's time: the engine's absence is a part of it.
    const away = (performance.now() - this.#lastAt) / 1000 / this.#seconds;
    const done = Math.min(last.done + away, Math.max(last.done, 1 - leastLeft));
    return { ...common, start: vector, isWarm: true, step: last.step + 1, done };
  }

  async #pass(message: StepMessage): Promise<void> {
    const { record } = this.#parts;
    if (this.#isStopped || message.step <= (record.last?.step ?? -1)) return;
    const { step, loss, likeness, ws, noise } = message;
    const done = Math.max(message.done, record.last?.done ?? 0);
    try {
      await record.append({ step, done, loss, likeness, ws, noise });
      this.#tell(null);
    } catch (error) {
      if (this.#isStopped) return;
      // A full disk must not take a visitor's face away; only a power cut could, now.
      this.#tell(messageOf(error));
    }
    this.#failures = 0;
    this.#lastAt = performance.now();
    const { resolution } = record.face.pack;
    const image = { width: resolution, height: resolution, data: message.image };
    this.#image = message.unbent === null ? image : { ...image, data: message.unbent };
    if (message.isLast && this.#end === null) {
      this.#end = this.#keep('arrived');
      // Whoever calls `finish` hears of it.
      this.#end.catch(() => undefined);
    }
    const half = toHalf(noise);
    if (half !== null) this.#noise.add(step, half);
    const shown = { step, done, loss, likeness, image };
    this.#ws.set(shown, ws);
    this.#queue.push(shown);
    if (message.isLast) this.#queue.end();
  }

  /** Ends it once, after what is being journalled. */
  #over(how: () => Promise<void>): Promise<void> {
    this.#isStopped = true;
    this.#parts.send({ type: 'stop', id: this.id });
    this.#queue.end();
    this.#end ??= this.#work.then(how);
    return this.#end;
  }

  async #keep(ending: 'arrived' | 'early'): Promise<void> {
    const { chain, record, onOver } = this.#parts;
    this.#isStopped = true;
    const { last, vector } = record;
    // Nothing but the face before: there is nothing to keep.
    if (this.#image === null || last === null || vector === null || last.step === 0) return this.#drop();
    let isKept = true;
    try {
      isKept = await chain.finish(record, this.#image, ending);
    } finally {
      onOver(isKept ? { id: this.face, ws: vector } : null);
    }
  }

  async #drop(): Promise<void> {
    try {
      await this.#parts.chain.abandon(this.#parts.record);
    } finally {
      this.#parts.onOver(null);
    }
  }

  async #giveUp(reason: string): Promise<void> {
    this.#queue.end(engineFailed(reason));
    this.#end ??= this.#keep('early');
    await this.#end.catch(() => undefined);
  }

  #tell(trouble: string | null): void {
    if (trouble === null && !this.#hasTrouble) return;
    this.#hasTrouble = trouble !== null;
    this.#parts.onTrouble(trouble);
  }

  #inTurn(task: () => Promise<void>): void {
    this.#work = this.#work.then(task).catch((error) => this.#tell(messageOf(error)));
  }
}
