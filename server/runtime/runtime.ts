import type { Graph } from '../graph/graph.ts';

/** Values fed to or read from a compiled graph, by the names of its inputs and outputs; row-major float32. */
export type Feeds = Readonly<Record<string, Float32Array>>;

/** Something that runs graphs: an execution engine on one device. */
export interface Runtime {
  /** For people: 'onnxruntime cpu', 'onnxruntime webgpu', 'tensorflow.js wasm', ... */
  readonly name: string;
  /**
   * Compiles a graph. Expensive, and releasing what it made does not give all memory back (microsoft/onnxruntime
   * issues 25325, 26831): compile once for the life of the process and feed whatever changes.
   */
  compile(graph: Graph): Promise<CompiledGraph>;
  dispose(): Promise<void>;
}

export interface CompiledGraph {
  /**
   * Runs once. Every input of the graph must be fed, with exactly as many numbers as its shape holds.
   * The returned arrays belong to the caller. Runs of one graph do not overlap: await each.
   */
  run(feeds: Feeds): Promise<Record<string, Float32Array>>;
  dispose(): Promise<void>;
}
