import { type Engine, engineChoices, isOnnxProvider } from './engines.ts';
import { adviceFor, reasonOf } from './errors.ts';
import { supportedProviders } from './onnxruntime.ts';
import { probeInChild } from './probe-in-child.ts';

/** What trying an engine out has shown: a name and the time of a small step, or why it does not work here. */
export type EngineProbe =
  | { readonly engine: Engine; readonly ok: true; readonly name: string; readonly milliseconds: number }
  | { readonly engine: Engine; readonly ok: false; readonly reason: string; readonly advice: string };

export const engines: readonly Engine[] = engineChoices.filter((choice) => choice !== 'auto');

/**
 * Tries engines out: each starts in a process of its own, computes a small step with its gradient, and must give the
 * right numbers. One after the other, so that none disturbs another's time. The fastest comes first, what does not work
 * last. Takes a second or so for each engine, up to a minute for one that hangs. Never rejects.
 */
export async function probeEngines(of: readonly Engine[] = engines): Promise<EngineProbe[]> {
  const probes: EngineProbe[] = [];
  for (const engine of of) probes.push(await probe(engine));
  const time = (p: EngineProbe) => (p.ok ? p.milliseconds : Number.POSITIVE_INFINITY);
  return probes.sort((a, b) => (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : 0));
}

/** Tries one engine out. */
export async function probe(engine: Engine): Promise<EngineProbe> {
  const result = (await missing(engine)) ?? (await probeInChild(engine));
  return 'reason' in result
    ? { engine, ok: false, reason: result.reason, advice: adviceFor[engine] }
    : { engine, ok: true, name: result.name, milliseconds: result.milliseconds };
}

/** Why an engine is not worth a process. */
async function missing(engine: Engine): Promise<{ reason: string } | undefined> {
  if (!isOnnxProvider(engine)) return undefined;
  try {
    const supported = await supportedProviders();
    return supported.includes(engine) ? undefined : { reason: `onnxruntime here has only ${supported.join(', ')}` };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}
