import { type Engine, isOnnxProvider } from './engines.ts';
import type { Runtime } from './runtime.ts';

export interface EngineOptions {
  /** Threads of the CPU engine; one a core where not given. */
  readonly threads?: number;
}

/** Starts one engine in this process. Each library is loaded only where it is wanted. Throws ENGINE_UNAVAILABLE. */
export async function startEngine(engine: Engine, options: EngineOptions = {}): Promise<Runtime> {
  if (isOnnxProvider(engine)) {
    const { createOnnxRuntime } = await import('./onnxruntime.ts');
    return createOnnxRuntime({ provider: engine, ...options });
  }
  const { createTensorFlowRuntime } = await import('./tensorflow.ts');
  return createTensorFlowRuntime();
}
