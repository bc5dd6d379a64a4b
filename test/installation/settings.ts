import type { Settings } from '../../server/installation/machine-types.ts';

/** The settings that the installation's tests start from. */
export const settings: Settings = {
  greet: 60,
  framing: 90,
  review: 45,
  call: 30,
  arrivedPage: 40,
  autoCapture: 0,
  queue: 3,
  countdown: 3,
  hold: 15,
  accepting: true,
  portraitBeside: false,
};
