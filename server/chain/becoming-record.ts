import { rm } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { writeChunksAtomic } from '../files/atomic.ts';
import { faceForgotten } from './errors.ts';
import { faceFiles } from './face-folder.ts';
import type { FaceRecord } from './face-record.ts';
import { encodeRecord, JournalWriter, readJournal, shrinkRecords } from './journal.ts';
import { privateFile } from './private-files.ts';
import { decodeStep, decodeSteps, encodeStep, join, type StepRecord, toHalf } from './step-record.ts';

/** Bytes of latents in a journal before every other one is given up, however long the pace and large the network. */
const mostBytes = 256 * 2 ** 20;

/** A step as the engine makes it: its noise in full precision, or null where that is the step's before. */
export interface NewStep extends Omit<StepRecord, 'ws' | 'noise'> {
  readonly ws: Float32Array;
  readonly noise: Float32Array | null;
}

/** A face that is becoming: what the chain writes down of it while the engine makes it. */
export class BecomingRecord {
  readonly folder: string;
  #face: FaceRecord;
  #mostBytes: number;
  #writer: JournalWriter;
  #bytes = 0;
  #last: NewStep | null = null;
  #noise: Float32Array | null = null;
  /** Noise that the disk would not take: it goes with the next step. */
  #isNoiseOwed = false;
  #isOver = false;
  #isWithoutStart = false;
  /** Where the journal's latents begin, bytes: before it, there are only points of the curve. */
  #latentsFrom = 0;
  /** One change of the journal after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(face: FaceRecord, folder: string, writer: JournalWriter, limit: number) {
    this.#face = face;
    this.folder = folder;
    this.#writer = writer;
    this.#mostBytes = limit;
  }

  static async open(face: FaceRecord, folder: string, limit = mostBytes): Promise<BecomingRecord> {
    return new BecomingRecord(face, folder, await JournalWriter.open(joinPath(folder, faceFiles.journal)), limit);
  }

  get face(): FaceRecord {
    return this.#face;
  }

  /** The newest step, also where the disk would not take it; null before the first. */
  get last(): NewStep | null {
    return this.#last;
  }

  /** Whether the face it grew out of was forgotten meanwhile: its first steps are gone, and no film is made of it. */
  get isWithoutStart(): boolean {
    return this.#isWithoutStart;
  }

  /** The newest step's latent as one vector (`latentLength`), in full precision; null before the first. */
  get vector(): Float32Array | null {
    return this.#last && join(this.#last.ws, this.#noise);
  }

  /**
   * Journals a step: it is on the disk when this resolves. Where the disk refuses (DISK_FULL, ...), the step is held in
   * memory, what was journalled before stays, and the next step is tried again.
   */
  async append(step: NewStep): Promise<void> {
    if (this.#isOver) throw faceForgotten(this.#face.id);
    this.#last = step;
    this.#noise = step.noise ?? this.#noise;
    await this.#inTurn(() => this.#write(step));
  }

  async #write(step: NewStep): Promise<void> {
    if (this.#bytes >= this.#mostBytes) await this.#thin();
    const hasNoise = step.noise !== null || this.#isNoiseOwed;
    this.#isNoiseOwed = hasNoise;
    const payload = encodeStep({ ...step, noise: hasNoise ? toHalf(this.#noise) : null });
    await this.#writer.append(payload);
    this.#isNoiseOwed = false;
    this.#bytes += payload.byteLength;
    if (this.#isWithoutStart) await this.#keepNewest();
  }

  /** Ends writing and tells all steps, the last one even where the disk did not take it. */
  async end(): Promise<StepRecord[]> {
    await this.stop();
    const { payloads } = await readJournal(joinPath(this.folder, faceFiles.journal));
    const steps = decodeSteps(payloads);
    const last = this.#last;
    if (last !== null && steps.at(-1)?.step !== last.step) steps.push({ ...last, noise: toHalf(last.noise) });
    return steps;
  }

  /** Lets go of the file: nothing is appended any more. */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#inTurn(() => this.#writer.close());
  }

  /**
   * Lets go of every latent but the newest, from now on: they show the face this one grew out of, and that is forgotten.
   * Also where the journal is all the disk has of it, and has no room for more.
   */
  async forgetStart(): Promise<void> {
    this.#isWithoutStart = true;
    this.#face = { ...this.#face, from: null };
    await this.#inTurn(() => this.#keepNewest());
  }

  async #keepNewest(): Promise<void> {
    this.#latentsFrom = await keepNewestLatent(joinPath(this.folder, faceFiles.journal), this.#latentsFrom);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #thin(): Promise<void> {
    const path = joinPath(this.folder, faceFiles.journal);
    await this.#writer.close();
    try {
      const { payloads } = await readJournal(path);
      await writeChunksAtomic(path, thinned(payloads), privateFile);
    } catch {
      // No room to rewrite it: it is whole as it is, and a later attempt may find some.
    } finally {
      const { payloads, end } = await readJournal(path);
      this.#writer = await JournalWriter.open(path, end);
      this.#latentsFrom = 0;
      const whole = payloads.filter((payload) => decodeStep(payload)?.ws != null);
      this.#bytes = whole.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (this.#bytes >= this.#mostBytes) this.#mostBytes *= 2;
    }
  }
}

/** Every other latent is left out, never the last one, which has the newest noise; the points of the curve stay. */
function* thinned(payloads: readonly Uint8Array[]): Generator<Uint8Array> {
  let nth = 0;
  let noise: Uint16Array | null = null;
  for (const [i, payload] of payloads.entries()) {
    const step = decodeStep(payload);
    if (step === null) continue;
    noise = step.noise ?? noise;
    if (i === payloads.length - 1) yield encodeRecord(encodeStep({ ...step, noise }));
    else if (step.ws === null) yield encodeRecord(payload);
    else yield encodeRecord(nth++ % 2 === 0 ? payload : encodeStep({ ...step, ws: null, noise: null }));
  }
}

/** Leaves no latent in a journal but its newest one, looking from a byte on; tells the byte where that one begins. */
async function keepNewestLatent(path: string, from: number): Promise<number> {
  let first = 0;
  const starts = await shrinkRecords(path, from, (payloads) => {
    const steps = payloads.map(decodeStep);
    const ws = steps.findLastIndex((step) => step?.ws != null);
    // Its noise may stand with an earlier step.
    const noise = steps.findLastIndex((step, i) => i <= ws && step?.noise != null);
    first = noise < 0 ? ws : noise;
    return steps.map((step, i) => {
      if (step === null) return payloads[i];
      return encodeStep({ ...step, ws: i === ws ? step.ws : null, noise: i === noise ? step.noise : null });
    });
  });
  return starts[first] ?? from;
}

export const removeJournal = (folder: string): Promise<void> =>
  rm(joinPath(folder, faceFiles.journal), { force: true });
