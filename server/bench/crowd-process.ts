import type { CrowdSightings } from './crowd.ts';
import { startAudience } from './live-audience.ts';

/** What the process is started with, as its one argument in JSON. */
export interface CrowdOptions {
  /** Address of the wall, with a slash at the end. */
  readonly address: string;
  readonly displays: number;
  readonly size: number;
}

/** Displays that do nothing but acknowledge; each message is answered with what they saw since the one before. */
const { address, displays, size } = JSON.parse(process.argv[2]) as CrowdOptions;
const audience = startAudience(address, displays, size);
let before = process.cpuUsage();
process.on('message', () => {
  const { user, system } = process.cpuUsage(before);
  before = process.cpuUsage();
  process.send?.({ ...audience.take(), cpu: (user + system) / 1_000 } satisfies CrowdSightings);
});
process.on('disconnect', () => process.exit(0));
