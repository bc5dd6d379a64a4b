/** What the journal keeps of a step. */
export interface StepRecord {
  readonly step: number;
  /** 0..1, never falling. */
  readonly done: number;
  readonly loss: number;
  /** 0..1. */
  readonly likeness: number;
  /** The latent, unbent (see `latentLength`); null where it was thinned out and only its point of the curve is left. */
  readonly ws: Float32Array | null;
}

const fixedBytes = 28;

/** Little-endian: u32 step, f64 done, f64 loss, f64 likeness, then the latent's f32 numbers, if any. */
export function encodeStep({ step, done, loss, likeness, ws }: StepRecord): Uint8Array {
  const bytes = new Uint8Array(fixedBytes + 4 * (ws?.length ?? 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, step, true);
  view.setFloat64(4, done, true);
  view.setFloat64(12, loss, true);
  view.setFloat64(20, likeness, true);
  ws?.forEach((value, i) => {
    view.setFloat32(fixedBytes + 4 * i, value, true);
  });
  return bytes;
}

/** Null where the bytes are no step. */
export function decodeStep(bytes: Uint8Array): StepRecord | null {
  const numbers = (bytes.byteLength - fixedBytes) / 4;
  if (!Number.isInteger(numbers) || numbers < 0) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const step = {
    step: view.getUint32(0, true),
    done: view.getFloat64(4, true),
    loss: view.getFloat64(12, true),
    likeness: view.getFloat64(20, true),
  };
  if (!(step.done >= 0 && step.done <= 1 && step.likeness >= 0 && step.likeness <= 1)) return null;
  if (numbers === 0) return { ...step, ws: null };
  return { ...step, ws: Float32Array.from({ length: numbers }, (_, i) => view.getFloat32(fixedBytes + 4 * i, true)) };
}

/** The steps among a journal's payloads. */
export const decodeSteps = (payloads: readonly Uint8Array[]): StepRecord[] =>
  payloads.map(decodeStep).filter((step) => step !== null);
