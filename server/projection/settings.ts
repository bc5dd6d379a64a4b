import type { MorphTiming } from './morph.ts';
import type { AdamOptions, OptimiserName } from './optimiser.ts';
import type { RateSchedule, StepNoise } from './schedule.ts';

export type Space = 'w' | 'w+' | 'w-then-w+';

/** How a face is looked for. Every preset is one of these. */
export interface ProjectionSettings {
  /** Steps of the optimiser; one more picture than steps is made, the last one of the finished face. */
  readonly steps: number;
  readonly space: Space;
  /** 'w-then-w+': the part of the steps (0..1) that is spent in W. */
  readonly wPart: number;
  /** Weights of the parts of the loss; a part of weight 0 is not computed. */
  readonly losses: {
    /** The face pack's own perceptual network. */
    readonly perceptual: number;
    /** LPIPS, where the pack brings such a network. */
    readonly lpips: number;
    /** Mean absolute difference at full, half, quarter and eighth size. */
    readonly pyramid: number;
    /** Mean absolute difference of pixels. */
    readonly l1: number;
  };
  /** Largest side in pixels at which the loss looks at pictures; larger ones are averaged down. */
  readonly lossSize: number;
  readonly optimiser: OptimiserName;
  readonly adam: AdamOptions;
  readonly rate: number;
  readonly schedule: RateSchedule;
  /** Noise added to the latent while searching; a warm start uses `warmFactor` of it. */
  readonly stepNoise: StepNoise & { readonly warmFactor: number };
  readonly noiseMaps: {
    readonly mode: 'fixed' | 'optimised';
    /** Weight of the penalty on pictures in the noise. */
    readonly regularisation: number;
  };
  /** Weight of the squared distance to w_avg in standard deviations of W; 0 for none. */
  readonly pull: number;
  /** How what the search finds is shown; null shows the search itself, step by step. */
  readonly morph: MorphTiming | null;
  /** Ends early at this perceptual distance; 0 never does. */
  readonly stopAtDistance: number;
  /** Ends early when the loss fell by less than this part over the last tenth of the steps; 0 never does. */
  readonly stopWhenFlat: number;
}

const official = {
  adam: { beta1: 0.9, beta2: 0.999 },
  schedule: { rampUp: 0.05, rampDown: 0.25 },
} as const;

const never = { stopAtDistance: 0, stopWhenFlat: 0 } as const;

export const presets = {
  /**
   * Ours: W+ and the noise maps together, from the face before, held near the mean, and no noise in the search, so that
   * every step can be shown. docs/performance.md has what each of these is worth.
   */
  chain: {
    ...official,
    ...never,
    steps: 200,
    space: 'w+',
    wPart: 0,
    losses: { perceptual: 1, lpips: 0, pyramid: 1, l1: 0 },
    lossSize: 256,
    optimiser: 'adam',
    rate: 0.15,
    // Slower to begin with than the official one: a face is left more gently than it is finished.
    schedule: { rampUp: 0.1, rampDown: 0.25 },
    stepNoise: { factor: 0, ramp: 0.75, warmFactor: 0 },
    noiseMaps: { mode: 'optimised', regularisation: 3 },
    pull: 0.02,
    morph: { noise: 0.3, layers: 0.55, even: 0.2 },
  },
  /** StyleGAN2's own projector: W, noise maps optimised. */
  projector: {
    ...official,
    ...never,
    steps: 1000,
    space: 'w',
    wPart: 1,
    losses: { perceptual: 1, lpips: 0, pyramid: 0, l1: 0 },
    lossSize: 256,
    optimiser: 'adam',
    rate: 0.1,
    stepNoise: { factor: 0.05, ramp: 0.75, warmFactor: 0.2 },
    noiseMaps: { mode: 'optimised', regularisation: 1e5 },
    pull: 0,
    morph: null,
  },
  /** The Puzer encoder: W+ from the mean by plain gradient descent. */
  encoder: {
    ...never,
    adam: official.adam,
    steps: 1440,
    space: 'w+',
    wPart: 0,
    losses: { perceptual: 1, lpips: 0, pyramid: 0, l1: 0 },
    lossSize: 256,
    optimiser: 'gradient-descent',
    rate: 40,
    schedule: { rampUp: 0, rampDown: 0 },
    stepNoise: { factor: 0, ramp: 0.75, warmFactor: 0 },
    noiseMaps: { mode: 'fixed', regularisation: 0 },
    pull: 0,
    morph: null,
  },
} as const satisfies Record<string, ProjectionSettings>;

export type PresetName = keyof typeof presets;
