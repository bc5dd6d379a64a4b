import { floatToHalf, halfToFloat } from '../weights/f16.ts';

/** What the journal keeps of a step. */
export interface StepRecord {
  readonly step: number;
  /** 0..1, never falling. */
  readonly done: number;
  readonly loss: number;
  /** 0..1. */
  readonly likeness: number;
  /** [numWs, wDim], unbent; null where it was thinned out and only its point of the curve is left. */
  readonly ws: Float32Array | null;
  /**
   * All noise maps one after the other, in half precision; null where they are those of the step before. They are large
   * and change little, so that not every step has them.
   */
  readonly noise: Uint16Array | null;
}

/** A step whose latent is whole: its own, and the newest noise up to it. */
export interface WholeStep extends StepRecord {
  readonly ws: Float32Array;
}

const fixedBytes = 32;

/** Little-endian: u32 step, f64 done, f64 loss, f64 likeness, u32 count of ws, then f32 ws and f16 noise, if any. */
export function encodeStep({ step, done, loss, likeness, ws, noise }: StepRecord): Uint8Array {
  const wsBytes = 4 * (ws?.length ?? 0);
  const bytes = new Uint8Array(fixedBytes + wsBytes + 2 * (noise?.length ?? 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, step, true);
  view.setFloat64(4, done, true);
  view.setFloat64(12, loss, true);
  view.setFloat64(20, likeness, true);
  view.setUint32(28, ws?.length ?? 0, true);
  // Every machine that Node.js runs on is little-endian.
  if (ws) new Float32Array(bytes.buffer, fixedBytes, ws.length).set(ws);
  if (noise) new Uint16Array(bytes.buffer, fixedBytes + wsBytes, noise.length).set(noise);
  return bytes;
}

/** Null where the bytes are no step. */
export function decodeStep(bytes: Uint8Array): StepRecord | null {
  if (bytes.byteLength < fixedBytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const step = {
    step: view.getUint32(0, true),
    done: view.getFloat64(4, true),
    loss: view.getFloat64(12, true),
    likeness: view.getFloat64(20, true),
  };
  const wsEnd = fixedBytes + 4 * view.getUint32(28, true);
  const isSound = step.done >= 0 && step.done <= 1 && step.likeness >= 0 && step.likeness <= 1;
  if (!isSound || wsEnd > bytes.byteLength || (bytes.byteLength - wsEnd) % 2 !== 0) return null;
  const ws = wsEnd === fixedBytes ? null : new Float32Array(copyOf(bytes, fixedBytes, wsEnd));
  const noise = wsEnd === bytes.byteLength ? null : new Uint16Array(copyOf(bytes, wsEnd, bytes.byteLength));
  return { ...step, ws, noise };
}

/** Records lie at any byte and typed arrays do not; and what `slice` does depends on whose bytes they are. */
const copyOf = (bytes: Uint8Array, from: number, to: number): ArrayBuffer =>
  new Uint8Array(bytes.subarray(from, to)).buffer;

/** The steps among a journal's payloads; each has the newest noise up to it, shared and not copied. */
export function decodeSteps(payloads: readonly Uint8Array[]): StepRecord[] {
  let noise: Uint16Array | null = null;
  const steps: StepRecord[] = [];
  for (const payload of payloads) {
    const step = decodeStep(payload);
    if (step === null) continue;
    noise = step.noise ?? noise;
    steps.push({ ...step, noise });
  }
  return steps;
}

/** The steps that hold a whole latent of so many numbers (`latentLength`), of which the first `wsLength` are ws. */
export const wholeSteps = (steps: readonly StepRecord[], wsLength: number, length: number): WholeStep[] =>
  steps.filter(
    (step): step is WholeStep => step.ws?.length === wsLength && (step.noise?.length ?? 0) === length - wsLength,
  );

/** The latent of a step as one vector (`latentLength`). */
export const vectorOf = ({ ws, noise }: Pick<WholeStep, 'ws' | 'noise'>): Float32Array =>
  join(ws, noise && halfToFloat(noise));

/** ws and noise as one vector. */
export function join(ws: Float32Array, noise: Float32Array | null): Float32Array {
  if (noise === null) return ws;
  const vector = new Float32Array(ws.length + noise.length);
  vector.set(ws);
  vector.set(noise, ws.length);
  return vector;
}

export const toHalf = (noise: Float32Array | null): Uint16Array | null => noise && floatToHalf(noise);
