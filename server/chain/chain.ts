import { mkdir, rm } from 'node:fs/promises';
import { messageOf } from '../errors.ts';
import { fileError } from '../files/errors.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import type { BecomingOrder, ChainPort, Off } from '../installation/ports.ts';
import type { ChainClockJump, ChainFace } from '../protocol/snapshot.ts';
import { Aging } from './aging.ts';
import type { BecomingRecord } from './becoming-record.ts';
import { beginFace, newFace } from './begin-face.ts';
import type { ChainOptions } from './chain-options.ts';
import { Departures } from './departures.ts';
import { jumpProblem, sharerProblem } from './errors.ts';
import { exists, writeFacePictures } from './face-folder.ts';
import { FaceList } from './face-list.ts';
import { type FaceRecord, latentLength, type PackFacts } from './face-record.ts';
import { dropFilm, type FilmOrder, orderFilm, placeFilm } from './films.ts';
import { ForgetListeners } from './forget-listeners.ts';
import { beginForgetting, finishForgetting, forgetSharers, removeForgotten, sharersOf } from './forgetting.ts';
import { hashOf } from './hash.ts';
import { type ChainEntry, faceOf, IndexWriter } from './index-file.ts';
import { KeptFaces } from './kept-faces.ts';
import { type Lock, takeLock } from './lock.ts';
import { type ChainPaths, chainFiles, chainPaths, type OpenedFolders, openFolders } from './open-folders.ts';
import { makePrivate, privateFolder, writePrivate } from './private-files.ts';
import { Problems } from './problems.ts';
import { Room, tryRoom } from './room.ts';
import { saveFace } from './save-face.ts';
import { UnsavedFaces } from './unsaved-faces.ts';
import { readCounter } from './visitor-counter.ts';

const hour = 3600 * 1000;

/**
 * Opens the chain and takes it for this program; what a power cut interrupted is put right.
 * Throws CHAIN_IN_USE, or what the operating system says of the folder.
 */
export async function openChain(options: ChainOptions): Promise<Chain> {
  try {
    await mkdir(options.folder, { recursive: true, mode: privateFolder });
    await makePrivate(options.folder, chainFiles);
  } catch (error) {
    throw fileError(options.folder, error);
  }
  const lock = await takeLock(options.folder);
  try {
    const paths = chainPaths(options.folder);
    const opened = await openFolders(paths, (options.now ?? Date.now)());
    const chain = new Chain(options, paths, lock, opened, {
      given: await readCounter(paths.counter),
      aging: await Aging.open(paths.clock, options.forgetAfter),
    });
    await chain.saveIndex();
    await chain.forgetOld();
    return chain;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The endless chain of faces, on the disk. Made by `openChain`. */
export class Chain extends KeptFaces implements ChainPort {
  readonly #options: ChainOptions;
  readonly #lock: Lock;
  readonly #now: () => number;
  readonly #aging: Aging;
  #highest: number;
  readonly #active = new Map<string, BecomingRecord>();
  readonly #changeListeners = new Set<() => void>();
  readonly #forgetListeners = new ForgetListeners();
  readonly #problems: Problems;
  readonly #departures: Departures;
  readonly #unsaved = new UnsavedFaces((record, { image, ending }) => this.finish(record, image, ending));
  readonly #room = new Room(
    (bytes) => this.#writeCounter().then(() => tryRoom(this.paths.faces, bytes)),
    () => this.#tellChange(),
  );
  readonly #index: IndexWriter;
  /** A film on its way into its place: nothing is forgotten in the middle of that. */
  #placing: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(
    options: ChainOptions,
    paths: ChainPaths,
    lock: Lock,
    opened: OpenedFolders,
    { given, aging }: { readonly given: number; readonly aging: Aging },
  ) {
    super(paths, new FaceList(opened.entries, opened.unopened));
    this.#options = options;
    this.#lock = lock;
    this.#now = options.now ?? Date.now;
    this.#aging = aging;
    this.#highest = Math.max(opened.highest, given);
    this.#index = new IndexWriter(paths.index);
    this.#problems = new Problems(opened.problems);
    this.#departures = new Departures(paths, opened.stuck, {
      remove: (id) => this.#forget(id),
      report: (problem) => this.report(problem),
    });
    this.#timer = setInterval(() => void this.forgetOld(), hour).unref();
  }

  /** A jump of the clock because of which old faces stay until the curator confirms it; null where there is none. */
  get clockJump(): ChainClockJump | null {
    return this.#aging.jump;
  }

  /** The highest visitor number ever given, also to faces that were forgotten since. */
  get highestVisitor(): number {
    return this.#highest;
  }

  onChange(listener: () => void): Off {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** Told, and waited for, before a face is deleted: whoever has its files open must let go of them. */
  onForgetting(listener: (id: string) => unknown): Off {
    return this.#forgetListeners.on(listener);
  }

  /** What was found wrong when it was opened and since, in words for a technician. */
  get problems(): readonly string[] {
    return this.#problems.all;
  }

  /** Told what is found wrong from now on, each thing once. */
  onProblem(listener: (problem: string) => void): Off {
    return this.#problems.on(listener);
  }

  report(problem: string): void {
    this.#problems.report(problem);
  }

  /** Why finished faces are held in memory, in words; null where none is. */
  get trouble(): string | null {
    return this.#unsaved.trouble;
  }

  /** Why no face can be begun at present, in words; null where one can. */
  get refusal(): string | null {
    return this.#room.refusal;
  }

  /**
   * Begins a face. The number is the order's, or the next one where that was given before.
   * Throws what the operating system says where nothing can be written.
   */
  async begin(
    order: BecomingOrder,
    pack: PackFacts,
    from: string | null,
  ): Promise<{ readonly record: BecomingRecord; readonly receipt: string }> {
    const visitor = order.visitor > this.#highest ? order.visitor : this.#highest + 1;
    const { face, receipt } = newFace(order, visitor, pack, from, this.#now());
    const folder = this.folderOf(face.id);
    const photograph = this.#options.keepPortraits ? order.photograph.bytes : null;
    this.#highest = visitor;
    try {
      await this.#writeCounter();
      const record = await beginFace(face, folder, photograph);
      this.#active.set(face.id, record);
      // It may have been forgotten while all this was written.
      if (from !== null && !(await exists(this.folderOf(from)))) await this.#forgetStarts(from);
      this.#room.found();
      return { record, receipt };
    } catch (error) {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      const failure = fileError(folder, error);
      // Its first step needs room as well.
      this.#room.refused(failure.message, (photograph?.byteLength ?? 0) + 4 * latentLength(pack));
      throw failure;
    }
  }

  /**
   * Keeps a face that has become, with its last step and picture; false where it is not kept: it has no step, or still
   * shows a face that was deleted meanwhile. Where the disk refuses, this rejects in words, and the
   * face is held in memory and saved as soon as it can be; at the latest, the next start closes it from its journal.
   */
  async finish(record: BecomingRecord, image: RgbImage, ending: 'arrived' | 'early'): Promise<boolean> {
    const { id } = record.face;
    const isActive = () => this.#active.get(id) === record;
    if (!isActive()) return false;
    try {
      const entry = await saveFace(record, { image, ending }, this.#now());
      if (entry === null) {
        await this.abandon(record);
        if (record.last !== null) this.report(sharerProblem(id));
        // Not waited for: the engine's listener waits for this very call.
        void this.#forgetListeners.tell(id);
        return false;
      }
      // It may have been forgotten meanwhile.
      if (!isActive()) return false;
      this.#letGo(record);
      this.list.add(entry);
    } catch (error) {
      // Forgotten meanwhile: what was written went with it.
      if (!isActive()) return false;
      const failure = fileError(record.folder, error);
      this.#unsaved.add(record, { image, ending, reason: failure.message });
      throw failure;
    }
    await this.#changed();
    return true;
  }

  #letGo(record: BecomingRecord): void {
    this.#active.delete(record.face.id);
    this.#unsaved.delete(record);
  }

  /** Leaves no trace of a becoming but its number, which is used up; where the disk refuses, as soon as it lets go. */
  async abandon(record: BecomingRecord): Promise<void> {
    try {
      await this.#departures.depart(record.face, () => this.#drop(record));
    } catch (error) {
      await this.#departures.insist(record.face, 'The face of a visitor who left', error);
    }
  }

  async #drop(record: BecomingRecord): Promise<void> {
    await record.stop().catch(() => undefined);
    this.#letGo(record);
    await beginForgetting(this.paths, record.face.id);
    await removeForgotten(this.paths, record.face.id);
  }

  /** Deletes a face for good: once this resolves nothing of it is left; a power cut before that only delays it. */
  async forget(id: string): Promise<boolean> {
    const face = this.#find(id);
    if (face === undefined) return false;
    try {
      await this.#departures.depart(face);
    } catch (error) {
      await this.#departures.insist(face, 'A face that was to be deleted', error);
      throw error;
    }
    return true;
  }

  /** Whether a receipt's face has been deleted since the start, see `Departures`. Rejects where the disk refuses. */
  wasForgotten(token: string): Promise<boolean> {
    return this.#departures.isGone(hashOf(token));
  }

  async #forget(id: string): Promise<void> {
    const active = this.#active.get(id);
    const putBack = this.list.takeOut(id);
    this.#active.delete(id);
    await this.#forgetListeners.tell(id);
    // What the disk says to the end of a journal does not matter any more.
    await active?.stop().catch(() => undefined);
    await this.#placing;
    try {
      await beginForgetting(this.paths, id);
    } catch (error) {
      // It is all there still: whoever asked can ask again.
      if (active !== undefined) this.#active.set(id, active);
      putBack();
      await this.#changed();
      throw error;
    }
    if (active !== undefined) this.#unsaved.delete(active);
    try {
      await this.#forgetStarts(id);
      await this.#forgetSharers(id);
      await finishForgetting(this.paths, id);
      this.list.forgetOrigin(id);
    } finally {
      await this.#changed();
    }
  }

  /** Deletes the faces that ended early and still show a forgotten one. */
  async #forgetSharers(id: string): Promise<void> {
    const sharers = await sharersOf(this.paths, id);
    for (const sharer of sharers) {
      this.list.takeOut(sharer);
      this.#active.delete(sharer);
      await this.#forgetListeners.tell(sharer);
      await this.#forgetStarts(sharer);
    }
    await forgetSharers(this.paths, sharers);
    for (const sharer of sharers) {
      this.list.forgetOrigin(sharer);
      this.report(sharerProblem(sharer));
    }
  }

  /** Has the faces that are becoming out of a forgotten one let go of it. */
  async #forgetStarts(id: string): Promise<void> {
    for (const record of this.#active.values()) {
      if (record.face.from === id) await record.forgetStart().catch((error) => this.report(messageOf(error)));
    }
  }

  /**
   * Forgets the faces that are older than the installation wants to keep; one that cannot go keeps none of the others.
   * Where the clock may have jumped ahead, the curator is asked first, see `clockJump`.
   */
  async forgetOld(): Promise<void> {
    const before = this.#aging.jump;
    const due = await this.#aging.due(this.list.byVisitor, this.#now());
    const { jump } = this.#aging;
    if (jump !== null && before === null) this.report(jumpProblem(jump));
    if (jump !== before) this.#tellChange();
    const failure = await this.#departures.departAll(due, (id) => this.#find(id) !== undefined);
    if (failure === null) return;
    this.report(
      `Faces older than 'chain: forgetAfter' allows cannot be deleted; that is tried again every hour. ${failure}`,
    );
  }

  /** Forgets what is too old although the clock has jumped; false where that is not in question. */
  async confirmClock(): Promise<boolean> {
    if (this.#aging.jump === null) return false;
    await this.#aging.confirm(this.#now());
    await this.forgetOld();
    this.#tellChange();
    return true;
  }

  byReceipt(token: string): { readonly face: ChainFace; readonly finished: boolean } | null {
    const hash = hashOf(token);
    for (const { face, last } of this.#active.values()) {
      if (face.receiptSha256 !== hash) continue;
      const { id, visitor, startedAt } = face;
      return { face: { id, visitor, at: startedAt, likeness: last?.likeness ?? null }, finished: false };
    }
    const entry = this.list.find(({ receiptSha256 }) => receiptSha256 === hash);
    return entry ? { face: faceOf(entry), finished: true } : null;
  }

  /** Gives an interrupted face its pictures. */
  async draw(id: string, image: RgbImage): Promise<void> {
    if (!this.list.has(id)) return;
    await writeFacePictures(this.folderOf(id), image);
    await this.#update(id, { drawn: true });
  }

  /** A face whose video is still to be made from its journal, the oldest first; null where there is none. */
  nextFilm(pack: PackFacts, except: ReadonlySet<string>): FilmOrder | null {
    // One that grew out of a face on its way out would begin with that.
    const isOwed = (e: ChainEntry) => e.drawn && !e.filmed && (e.from === null || !this.#departures.has(e.from));
    const entry = this.list.entries.find((e) => isOwed(e) && e.packSha256 === pack.sha256 && !except.has(e.id));
    return entry === undefined ? null : orderFilm(this.paths.films, this.folderOf(entry.id), entry);
  }

  /** A film is whole: it comes into its place, and the journal goes. */
  async filmed(id: string, video: string): Promise<void> {
    if (!this.list.has(id)) return dropFilm(video);
    const placed = placeFilm(video, this.folderOf(id));
    this.#placing = placed.catch(() => undefined);
    await placed;
    await this.#update(id, { filmed: true });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#room.close();
    await this.#unsaved.close();
    await this.#departures.close();
    await Promise.allSettled([...this.#active.values()].map((record) => record.stop()));
    await this.#index.settled;
    await this.#lock.release();
  }

  /** Never rejects, see `IndexWriter`. */
  saveIndex(): Promise<void> {
    return this.#index.write(this.list.entries);
  }

  #find(id: string): FaceRecord | ChainEntry | undefined {
    return this.#active.get(id)?.face ?? this.list.find((entry) => entry.id === id);
  }

  async #update(id: string, change: Partial<ChainEntry>): Promise<void> {
    this.list.update(id, change);
    await this.#changed();
  }

  async #changed(): Promise<void> {
    this.#tellChange();
    await this.saveIndex();
  }

  #tellChange(): void {
    for (const listener of this.#changeListeners) listener();
  }

  #writeCounter(): Promise<void> {
    return writePrivate(this.paths.counter, JSON.stringify({ highest: this.#highest }));
  }
}
