import type * as Ort from 'onnxruntime-node';
import { messageOf } from '../errors.ts';
import { type Graph, graphInputs } from '../graph/graph.ts';
import { toOnnx } from '../graph/onnx.ts';
import { type RewriteRules, rewriteGraph } from '../graph/rewrite.ts';
import { engineUnavailable } from './errors.ts';
import { checkFeeds } from './feeds.ts';
import { forbidOnnxTelemetry } from './onnx-telemetry.ts';
import type { CompiledGraph, Feeds, Runtime } from './runtime.ts';
import { webgpuRewrites } from './webgpu-rewrites.ts';

export type OnnxProvider = 'cpu' | 'webgpu' | 'cuda' | 'coreml' | 'directml';

/** onnxruntime's own spelling. */
const providerNames = { cpu: 'cpu', webgpu: 'webgpu', cuda: 'cuda', coreml: 'coreml', directml: 'dml' } as const;

/**
 * CoreML is made to take the parts of a graph that it can and leave the rest to the CPU; the other providers run all of
 * our graphs or are refused.
 */
const sharesWithCpu = (provider: OnnxProvider): boolean => provider === 'cpu' || provider === 'coreml';

/** How graphs must be written for a provider that lacks operations or gets them wrong. */
const rewrites: Partial<Record<OnnxProvider, RewriteRules>> = { webgpu: webgpuRewrites };

export interface OnnxRuntimeOptions {
  readonly provider: OnnxProvider;
  /** Threads for one run; onnxruntime's own choice (one a core) where not given. */
  readonly threads?: number;
}

/**
 * The default engine: ONNX Runtime on one execution provider. A graph that the provider cannot run whole is an error,
 * not a silent tenth of the speed (but see `sharesWithCpu`).
 * Throws ENGINE_UNAVAILABLE where the package or the provider does not start on this machine.
 */
export async function createOnnxRuntime({ provider, threads }: OnnxRuntimeOptions): Promise<Runtime> {
  const ort = await load();
  // By default CUDA rounds the operands of convolutions to 10 bits, which no reference comparison survives.
  if (provider === 'cuda') process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  const supported = await supportedProviders();
  if (!supported.includes(provider)) {
    throw engineUnavailable(provider, `onnxruntime here has only ${supported.join(', ')}`);
  }
  const sessionOptions: Ort.InferenceSession.SessionOptions = {
    executionProviders: [providerNames[provider]],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    // Planning all memory at once costs a 1024 px network a third more of it, and gains no time.
    enableMemPattern: false,
    enableCpuMemArena: true,
    logSeverityLevel: 3,
    ...(sharesWithCpu(provider) ? {} : { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  };
  return {
    name: `onnxruntime ${provider}`,
    compile: async (graph) => {
      let session: Ort.InferenceSession;
      try {
        session = await ort.InferenceSession.create(
          toOnnx(rewriteGraph(graph, rewrites[provider] ?? {})),
          sessionOptions,
        );
      } catch (error) {
        throw engineUnavailable(provider, error);
      }
      return compiled(ort, session, graph);
    },
    dispose: async () => {},
  };
}

/** The providers that the installed build of onnxruntime knows, whether or not this machine can run them. */
export async function supportedProviders(): Promise<OnnxProvider[]> {
  const known = (await load()).listSupportedBackends().map((backend) => backend.name as string);
  return (Object.keys(providerNames) as OnnxProvider[]).filter((provider) => known.includes(providerNames[provider]));
}

function compiled(ort: typeof Ort, session: Ort.InferenceSession, graph: Graph): CompiledGraph {
  const inputs = graphInputs(graph);
  return {
    run: async (feeds: Feeds) => {
      checkFeeds(inputs, feeds);
      const tensors: Record<string, Ort.Tensor> = {};
      for (const [name, { shape }] of inputs) tensors[name] = new ort.Tensor('float32', feeds[name], shape);
      const results = await session.run(tensors);
      return Object.fromEntries(session.outputNames.map((name) => [name, results[name].data as Float32Array]));
    },
    dispose: () => session.release(),
  };
}

/** The only place that loads the library, so that it never loads with its telemetry on. */
async function load(): Promise<typeof Ort> {
  forbidOnnxTelemetry();
  try {
    const module = await import('onnxruntime-node');
    return (module as unknown as { default?: typeof Ort }).default ?? module;
  } catch (error) {
    throw engineUnavailable('cpu', `onnxruntime-node does not load here (${messageOf(error)})`);
  }
}
