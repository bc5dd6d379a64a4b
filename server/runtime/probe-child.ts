import type { Engine } from './engines.ts';
import { reasonOf } from './errors.ts';
import { type ProbeResult, probeEngine } from './probe-engine.ts';

/** The child process of `probeInChild`: tries the engine that its argument names and sends the parent one message. */
export type ProbeMessage = ProbeResult | { readonly reason: string };

const answer = (message: ProbeMessage): void => {
  process.send?.(message);
};

probeEngine(process.argv[2] as Engine).then(answer, (error) => answer({ reason: reasonOf(error) }));
