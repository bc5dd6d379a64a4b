/**
 * The official StyleGAN2 projector's schedules as functions of t, the part of the steps that is done (0..1).
 * Source: NVlabs/stylegan2-ada-pytorch projector.py.
 */

export interface RateSchedule {
  /** Part of the steps over which the rate rises linearly from zero; 0 starts at full rate. */
  readonly rampUp: number;
  /** Part of the steps over which it falls to zero along a cosine; 0 keeps it to the end. */
  readonly rampDown: number;
}

/** The factor 0..1 of the learning rate at t. */
export function rateAt({ rampUp, rampDown }: RateSchedule, t: number): number {
  const down = rampDown === 0 ? 1 : Math.min(1, (1 - t) / rampDown);
  const up = rampUp === 0 ? 1 : Math.min(1, t / rampUp);
  return (0.5 - 0.5 * Math.cos(down * Math.PI)) * up;
}

export interface StepNoise {
  /** Size of the noise added to the latent at the first step, in standard deviations of W. */
  readonly factor: number;
  /** Part of the steps after which there is none. */
  readonly ramp: number;
}

/** The noise added to latents at t, in standard deviations of W. */
export function stepNoiseAt({ factor, ramp }: StepNoise, t: number): number {
  return factor === 0 ? 0 : factor * Math.max(0, 1 - t / ramp) ** 2;
}
