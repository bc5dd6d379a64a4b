import { type Engine, type EngineChoice, engineChoices, isOnnxProvider } from './engines.ts';
import { engineUnavailable, engineUnknown, noEngine } from './errors.ts';
import { type EngineProbe, engines, probe, probeEngines } from './probe-engines.ts';
import type { Runtime } from './runtime.ts';
import { type EngineOptions, startEngine } from './start-engine.ts';
import { hasTensorFlowGpu } from './tensorflow-backend.ts';

export { type EngineChoice, engineChoices } from './engines.ts';

export interface RuntimeOptions extends EngineOptions {
  /** Told what `auto` found out about each engine before it takes the first that works. */
  readonly onProbed?: (probes: readonly EngineProbe[]) => void;
}

/**
 * Starts the engine that a person has chosen. `auto` tries out all that could be the fastest here and takes the fastest
 * that works; which one that is says the runtime's name. Nothing about it is remembered: drivers change. Any other but
 * the CPU is tried out in a child process first: a broken driver then is an error and no crash.
 * Throws ENGINE_UNAVAILABLE where it does not start, and says what to do; ENGINE_UNKNOWN for any other word.
 */
export async function createRuntime(choice: EngineChoice, options: RuntimeOptions = {}): Promise<Runtime> {
  if (!engineChoices.includes(choice)) throw engineUnknown(String(choice));
  if (choice === 'auto') return best(options);
  if (choice !== 'cpu') {
    const result = await probe(choice);
    if (!result.ok) throw engineUnavailable(choice, result.reason);
  }
  return startEngine(choice, options);
}

async function best(options: RuntimeOptions): Promise<Runtime> {
  const probes = await probeEngines(engines.filter(mayBeFastest));
  // TensorFlow.js on the CPU is many times slower than onnxruntime, so that it is tried only where nothing else works.
  if (!probes.some(({ ok }) => ok) && !hasTensorFlowGpu()) probes.push(...(await probeEngines(['tensorflow'])));
  options.onProbed?.(probes);
  const failed: string[] = [];
  for (const result of probes) {
    if (result.ok) return startEngine(result.engine, options);
    failed.push(`${result.engine}: ${result.reason}`);
  }
  throw noEngine(failed);
}

const mayBeFastest = (engine: Engine): boolean => isOnnxProvider(engine) || hasTensorFlowGpu();
