import type { OnnxProvider } from './onnxruntime.ts';

/** What a person may choose as the engine; `auto` is the fastest one that starts and gives right numbers. */
export const engineChoices = ['auto', 'cpu', 'webgpu', 'cuda', 'coreml', 'directml', 'tensorflow'] as const;
export type EngineChoice = (typeof engineChoices)[number];
export type Engine = Exclude<EngineChoice, 'auto'>;

/** An engine of onnxruntime's, and not TensorFlow.js. */
export const isOnnxProvider = (engine: Engine): engine is OnnxProvider => engine !== 'tensorflow';
