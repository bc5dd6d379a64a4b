import type { PackFacts } from '../chain/face-record.ts';

/**
 * What the server and the engine's process say to each other, over Node's channel with structured cloning. Both ends are
 * of one build, so that the types are all the check there is. A latent is one vector, `ws`: the latents of W+ and
 * then the noise maps (`latentLength`).
 */
export type ToEngine =
  | ({ readonly type: 'become' } & BecomeMessage)
  | { readonly type: 'retime'; readonly id: number; readonly seconds: number }
  | { readonly type: 'stop'; readonly id: number }
  /** The step was journalled and taken; another may come. */
  | { readonly type: 'taken'; readonly id: number }
  /** `isBent` as all that is shown; what is kept is drawn as it is. */
  | { readonly type: 'render'; readonly id: number; readonly mix: readonly MixPart[]; readonly isBent: boolean }
  | { readonly type: 'directions'; readonly values: Readonly<Record<string, number>> }
  /** Draws the latents of a journal into a video, when nothing else is to do. */
  | { readonly type: 'film'; readonly id: number; readonly journal: string; readonly video: string }
  | { readonly type: 'ping' };

export interface BecomeMessage {
  readonly id: number;
  /** RGB, [R, R, 3]. */
  readonly target: Uint8Array;
  /** Null starts from the pack's own start. */
  readonly start: Float32Array | null;
  /** Whether `start` was shown before. */
  readonly isWarm: boolean;
  readonly seconds: number;
  /** Number of the first step to be sent, and how much of the time is used up: more than 0 goes on after a crash. */
  readonly step: number;
  readonly done: number;
}

export interface MixPart {
  readonly share: number;
  readonly source:
    | { readonly kind: 'start' }
    | { readonly kind: 'latent'; readonly ws: Float32Array }
    | { readonly kind: 'nobody'; readonly seed: number };
}

export interface ReadyMessage {
  readonly type: 'ready';
  readonly pack: PackFacts;
  /** Names of the pack's directions. */
  readonly directions: readonly string[];
  /** The runtime that was chosen, for people. */
  readonly engine: string;
  /** How long a step took when it was tried, ms. */
  readonly stepMs: number;
}

export interface StepMessage {
  readonly type: 'step';
  readonly id: number;
  readonly step: number;
  readonly done: number;
  readonly isLast: boolean;
  readonly loss: number;
  readonly likeness: number;
  /** [numWs, wDim] */
  readonly ws: Float32Array;
  /** All noise maps one after the other, now and then and with the last step; null where they are the step's before. */
  readonly noise: Float32Array | null;
  /** As it is to be shown, RGB [R, R, 3]. */
  readonly image: Uint8Array;
  /** The face itself, to be kept, RGB [R, R, 3]; null where that is what is shown. With every step: any may be the last. */
  readonly unbent: Uint8Array | null;
}

export type FromEngine =
  | ReadyMessage
  /** It cannot start; the process ends. */
  | { readonly type: 'unable'; readonly code: string; readonly message: string }
  | StepMessage
  /** One request failed; the engine goes on. */
  | { readonly type: 'failed'; readonly id: number; readonly code: string; readonly message: string }
  | { readonly type: 'rendered'; readonly id: number; readonly image: Uint8Array }
  /** The film lies where it was ordered to, also where it was stopped too late. */
  | { readonly type: 'filmed'; readonly id: number; readonly video: string }
  | { readonly type: 'pong' };

/** Steps that may be under way at once: the engine computes the next while the last is being journalled. */
export const stepsUnderWay = 2;
