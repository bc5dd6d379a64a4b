import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeChunksAtomic } from '../files/atomic.ts';
import { faceForgotten } from './errors.ts';
import { faceFiles } from './face-folder.ts';
import type { FaceRecord } from './face-record.ts';
import { decodeJournal, encodeRecord, JournalWriter, readJournal } from './journal.ts';
import { decodeStep, decodeSteps, encodeStep, type StepRecord } from './step-record.ts';

/** Latents in a journal before every other one is given up: 100 MB of the largest network's, however long the pace. */
const mostLatents = 2_800;

/** A face that is becoming: what the chain writes down of it while the engine makes it. */
export class BecomingRecord {
  readonly face: FaceRecord;
  readonly folder: string;
  #mostLatents: number;
  #writer: JournalWriter;
  #latents = 0;
  #last: StepRecord | null = null;
  #isOver = false;

  private constructor(face: FaceRecord, folder: string, writer: JournalWriter, limit: number) {
    this.face = face;
    this.folder = folder;
    this.#writer = writer;
    this.#mostLatents = limit;
  }

  static async open(face: FaceRecord, folder: string, limit = mostLatents): Promise<BecomingRecord> {
    return new BecomingRecord(face, folder, await JournalWriter.open(join(folder, faceFiles.journal)), limit);
  }

  /** The newest step, also where the disk would not take it; null before the first. */
  get last(): StepRecord | null {
    return this.#last;
  }

  /**
   * Journals a step: it is on the disk when this resolves. Where the disk refuses (DISK_FULL, ...), the step is held in
   * memory, what was journalled before stays, and the next step is tried again.
   */
  async append(step: StepRecord): Promise<void> {
    if (this.#isOver) throw faceForgotten(this.face.id);
    this.#last = step;
    if (this.#latents >= this.#mostLatents) await this.#thin();
    await this.#writer.append(encodeStep(step));
    this.#latents++;
  }

  /** Ends writing and tells all steps, the last one with its latent even where the disk did not take it. */
  async end(): Promise<StepRecord[]> {
    await this.stop();
    const { payloads } = await readJournal(join(this.folder, faceFiles.journal));
    const steps = decodeSteps(payloads);
    if (this.#last !== null && steps.at(-1)?.step !== this.#last.step) steps.push(this.#last);
    return steps;
  }

  /** Lets go of the file: nothing is appended any more. */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#writer.close();
  }

  async #thin(): Promise<void> {
    const path = join(this.folder, faceFiles.journal);
    await this.#writer.close();
    try {
      const { payloads } = await readJournal(path);
      await writeChunksAtomic(path, thinned(payloads));
    } catch {
      // No room to rewrite it: it is whole as it is, and a later attempt may find some.
      this.#mostLatents *= 2;
    } finally {
      const { payloads, end } = await readJournal(path);
      this.#writer = await JournalWriter.open(path, end);
      this.#latents = payloads.filter((payload) => decodeStep(payload)?.ws != null).length;
    }
  }
}

/** Every other latent is left out, never the last one; the points of the curve stay. */
function* thinned(payloads: readonly Uint8Array[]): Generator<Uint8Array> {
  let isKept = true;
  for (const [i, payload] of payloads.entries()) {
    const step = decodeStep(payload);
    if (step === null) continue;
    if (step.ws === null || i === payloads.length - 1) yield encodeRecord(payload);
    else {
      yield encodeRecord(isKept ? payload : encodeStep({ ...step, ws: null }));
      isKept = !isKept;
    }
  }
}

/** The steps of a journal of unknown state whose latent is there and fits the network. */
export const latentsOf = (bytes: Uint8Array, numbers: number): (StepRecord & { readonly ws: Float32Array })[] =>
  decodeSteps(decodeJournal(bytes).payloads).filter(
    (step): step is StepRecord & { readonly ws: Float32Array } => step.ws?.length === numbers,
  );

export const removeJournal = (folder: string): Promise<void> => rm(join(folder, faceFiles.journal), { force: true });
