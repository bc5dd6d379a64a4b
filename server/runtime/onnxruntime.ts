import type * as Ort from 'onnxruntime-node';
import { FamiliarError, messageOf } from '../errors.ts';
import { type Graph, graphInputs } from '../graph/graph.ts';
import { toOnnx } from '../graph/onnx.ts';
import { checkFeeds } from './feeds.ts';
import type { CompiledGraph, Feeds, Runtime } from './runtime.ts';

export type OnnxProvider = 'cpu' | 'webgpu' | 'cuda' | 'coreml' | 'directml';

/** onnxruntime's own spelling. */
const providerNames = { cpu: 'cpu', webgpu: 'webgpu', cuda: 'cuda', coreml: 'coreml', directml: 'dml' } as const;

export interface OnnxRuntimeOptions {
  readonly provider: OnnxProvider;
  /** Threads for one run; onnxruntime's own choice (one a core) where not given. */
  readonly threads?: number;
}

/**
 * The default engine: ONNX Runtime on one execution provider, falling back to the CPU for nothing: a graph that the
 * provider cannot run is an error, not a silent tenth of the speed.
 * Throws ENGINE_UNAVAILABLE where the package or the provider does not start on this machine.
 */
export async function createOnnxRuntime({ provider, threads }: OnnxRuntimeOptions): Promise<Runtime> {
  const ort = await load();
  const executionProvider = providerNames[provider];
  const supported = ort.listSupportedBackends().map((backend) => backend.name as string);
  if (!supported.includes(executionProvider)) {
    throw unavailable(provider, `this build of onnxruntime-node has only ${supported.join(', ')}`);
  }
  const sessionOptions: Ort.InferenceSession.SessionOptions = {
    executionProviders: [executionProvider],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    enableMemPattern: true,
    enableCpuMemArena: true,
    logSeverityLevel: 3,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  };
  return {
    name: `onnxruntime ${provider}`,
    compile: async (graph) => {
      let session: Ort.InferenceSession;
      try {
        session = await ort.InferenceSession.create(toOnnx(graph), sessionOptions);
      } catch (error) {
        throw unavailable(provider, messageOf(error));
      }
      return compiled(ort, session, graph);
    },
    dispose: async () => {},
  };
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

async function load(): Promise<typeof Ort> {
  try {
    const module = await import('onnxruntime-node');
    return (module as unknown as { default?: typeof Ort }).default ?? module;
  } catch (error) {
    throw unavailable('cpu', `onnxruntime-node does not load here (${messageOf(error)})`);
  }
}

const advice: Record<OnnxProvider, string> = {
  cpu: "Run 'npm ci' again on this machine, or choose engine 'tensorflow'.",
  webgpu: "Check that a Vulkan, Metal or Direct3D 12 driver is installed, or choose engine 'cpu'.",
  cuda: "Install CUDA's parts as docs/gpu.md says, or choose engine 'webgpu' or 'cpu'.",
  coreml: "CoreML exists on macOS only: choose engine 'webgpu' or 'cpu'.",
  directml: "DirectML exists on Windows only: choose engine 'webgpu' or 'cpu'.",
};

const unavailable = (provider: OnnxProvider, reason: string): FamiliarError =>
  new FamiliarError('ENGINE_UNAVAILABLE', `Engine '${provider}' cannot start: ${reason}. ${advice[provider]}`);
