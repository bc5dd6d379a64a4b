import { once } from 'node:events';
import { forkModule } from '../runtime/fork-module.ts';
import type { CrowdOptions } from './crowd-process.ts';
import type { Sightings } from './live-audience.ts';

/** What a crowd saw, and the processor time it took for that, ms: displays on computers of their own cost nothing here. */
export interface CrowdSightings extends Sightings {
  readonly cpu: number;
}

/** Displays in a process of their own, so that what they cost is told from what the server costs. */
export class Crowd {
  readonly #child;

  constructor(options: CrowdOptions) {
    this.#child = forkModule('./crowd-process', import.meta.url, {
      args: [JSON.stringify(options)],
      serialization: 'advanced',
    });
  }

  /** What was seen since the last call; the first call waits until the process is there. */
  async take(): Promise<CrowdSightings> {
    this.#child.send('take');
    const [sightings] = await once(this.#child, 'message');
    return sightings as CrowdSightings;
  }

  close(): void {
    this.#child.kill();
  }
}
