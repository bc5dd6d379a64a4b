import type { Engine } from './engines.ts';
import { engineUnavailable } from './errors.ts';
import { makeProbe, type Probe } from './probe-graph.ts';
import type { Runtime } from './runtime.ts';
import { startEngine } from './start-engine.ts';

/** What trying an engine out in this process has shown. */
export interface ProbeResult {
  /** As Runtime.name. */
  readonly name: string;
  /** The best time of one run of the timing graph. */
  readonly milliseconds: number;
}

/** Small, for right numbers at sizes that fill no tile; middle, to know software from hardware; large, for the time. */
const SMALL = { channels: 5, size: 9, layers: 2 };
const MIDDLE = { channels: 64, size: 32, layers: 4 };
const LARGE = { channels: 64, size: 64, layers: 4 };
const LARGE_TO_MIDDLE = (LARGE.size / MIDDLE.size) ** 2;

/** More would show half or otherwise shortened precision, in which a projection does not converge to the same face. */
const TOLERANCE = 1e-4;
const MAX_RUNS = 5;
const PATIENCE_MS = 500;

/**
 * Starts an engine, has it compile and run three graphs, compares the numbers and takes the time.
 * May take the process down with it, where a driver is broken: see `probeInChild`.
 * Throws ENGINE_UNAVAILABLE where it does not start or gives wrong numbers.
 */
export async function probeEngine(engine: Engine, start = startEngine): Promise<ProbeResult> {
  const runtime = await start(engine);
  try {
    await bestTime(engine, runtime, makeProbe(SMALL));
    const middle = await bestTime(engine, runtime, makeProbe(MIDDLE));
    // A GPU that software imitates would need a quarter of a minute for the large one.
    const isHopeless = middle > PATIENCE_MS;
    const milliseconds = isHopeless ? middle * LARGE_TO_MIDDLE : await bestTime(engine, runtime, makeProbe(LARGE));
    return { name: runtime.name, milliseconds };
  } finally {
    await runtime.dispose();
  }
}

/** The time of a run that has given the right numbers. The first run is slow everywhere. */
async function bestTime(engine: Engine, runtime: Runtime, { graph, feeds, expected }: Probe): Promise<number> {
  const compiled = await runtime.compile(graph);
  let best = Number.POSITIVE_INFINITY;
  const begin = performance.now();
  for (let i = 0; i < MAX_RUNS && performance.now() - begin < PATIENCE_MS; i++) {
    const start = performance.now();
    const results = await compiled.run(feeds);
    best = Math.min(best, performance.now() - start);
    const error = Math.max(...Object.entries(expected).map(([name, numbers]) => distance(numbers, results[name])));
    if (!(error < TOLERANCE)) throw engineUnavailable(engine, `its numbers are wrong by ${error.toPrecision(2)}`);
  }
  await compiled.dispose();
  return best;
}

const distance = (a: Float32Array, b: Float32Array): number =>
  a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i])), 0);
