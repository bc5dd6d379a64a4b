import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { type ProjectionSettings, presets } from '../projection/settings.ts';

const number = z.number();
const part = number.min(0).max(1);
const weight = number.min(0);

/** What may be changed of a preset; parts such as `losses` are given whole. */
const changes: z.ZodType<Partial<ProjectionSettings>> = z
  .strictObject({
    steps: number.int().min(1).max(100_000),
    space: z.enum(['w', 'w+', 'w-then-w+']),
    wPart: part,
    losses: z.strictObject({ perceptual: weight, lpips: weight, pyramid: weight, l1: weight }),
    lossSize: number.int().min(1),
    optimiser: z.enum(['adam', 'lbfgs', 'gradient-descent']),
    adam: z.strictObject({ beta1: part, beta2: part }),
    rate: weight,
    schedule: z.strictObject({ rampUp: part, rampDown: part }),
    stepNoise: z.strictObject({ factor: weight, ramp: part, warmFactor: part }),
    noiseMaps: z.strictObject({ mode: z.enum(['fixed', 'optimised']), regularisation: weight }),
    pull: weight,
    stopAtDistance: weight,
    stopWhenFlat: weight,
  })
  .partial();

/** Parses `--settings`: JSON with changes to a preset. Throws Commander's usage error where it is something else. */
export function settingsOption(json: string): Partial<ProjectionSettings> {
  try {
    const { data, error } = changes.safeParse(JSON.parse(json));
    if (data !== undefined) return data;
    const [{ path, message }] = error.issues;
    throw new InvalidArgumentError(`${path.join('.') || 'The whole'}: ${message}.`);
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw error;
    throw new InvalidArgumentError(`Give a JSON object with some of: ${Object.keys(presets.chain).join(', ')}.`);
  }
}
