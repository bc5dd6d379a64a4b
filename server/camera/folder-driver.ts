import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { messageOf } from '../errors.ts';
import { fileError } from '../files/errors.ts';
import { mayBePhotograph } from '../files/photograph-names.ts';
import type { ImageDecoder } from '../image/decoder.ts';
import { encodeJpeg } from '../image/encode.ts';
import { fileFormat } from '../image/image-format.ts';
import type { Photograph } from '../installation/ports.ts';
import { type CameraDriver, type DriverEvents, previewSide } from './driver.ts';
import { cameraAborted, cameraUnavailable } from './errors.ts';
import { refusedFolder } from './refused-photographs.ts';

/** The folder is looked at so often, also where the system tells of changes: network drives do not. */
const lookEvery = 1_000;
const previewEvery = 500;
/** A file that has not grown for so long is taken to be whole, ms. */
const settled = 700;
/** One that is still damaged after so long stays so, ms. */
const hopeless = 10_000;
/** Photographs in other formats than JPEG, PNG and WebP are passed on at this side, px. */
const convertedSide = 4_096;
/** So many files that are no photographs are named on the curator's page. */
const mostNamed = 3;
/** Photographs are kept small enough for every later step to hold in memory. */
const largestFile = 64 * 2 ** 20;

interface Seen {
  readonly size: number;
  readonly changedAt: number;
  /** When its size was first seen. */
  readonly since: number;
  /** Looked into and found good; given to somebody who has not used it yet; to be put away. */
  readonly stage: 'new' | 'ready' | 'given' | 'over';
  /** Why it is no photograph, where it is over for that. */
  readonly refusal?: string;
}

/**
 * Photographs dropped into a folder, one visitor each, the oldest first. One that was taken stays where it is until it has
 * been used, so that none is lost in a crash; then it is deleted, since whoever asks to be forgotten must not be found
 * here: where photographs are kept, the chain keeps them. Those that cannot be read go to `refused/` with a text that says
 * why, for a day.
 */
export class FolderDriver implements CameraDriver {
  readonly #folder: string;
  readonly #decoder: ImageDecoder;
  readonly #events: DriverEvents;
  readonly #seen = new Map<string, Seen>();
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | undefined;
  #previewTimer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isQueued = false;
  #isClosed = false;
  #isPreviewing = false;
  /** Why photographs cannot be put away; null where they can. */
  #trouble: string | null = null;
  /** Names of what was set aside last, the newest first. */
  #setAside: readonly string[] = [];

  constructor(folder: string, decoder: ImageDecoder, events: DriverEvents) {
    this.#folder = folder;
    this.#decoder = decoder;
    this.#events = events;
  }

  start(): void {
    this.#timer = setInterval(() => this.#lookSoon(), lookEvery);
    this.#lookSoon();
  }

  setPreview(wanted: boolean): void {
    clearInterval(this.#previewTimer);
    if (wanted && !this.#isClosed) this.#previewTimer = setInterval(() => void this.#preview(), previewEvery);
  }

  async takeStill(_client: string | null, signal: AbortSignal): Promise<Photograph> {
    for (;;) {
      if (signal.aborted) throw cameraAborted();
      await this.#look();
      const [name] = this.#ready;
      const seen = this.#seen.get(name);
      if (!seen) throw cameraUnavailable(`No photograph is waiting in ${this.#folder}. Drop one there.`);
      const given: Seen = { ...seen, stage: 'given' };
      this.#seen.set(name, given);
      const photograph = await this.#read(name, given);
      if (photograph === null) continue;
      this.#tell();
      const end = async () => {
        await this.#end(name, given);
        this.#tell();
      };
      return { ...photograph, used: () => void this.#inTurn(end) };
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    clearInterval(this.#previewTimer);
    this.#watcher?.close();
    await this.#looking.catch(() => undefined);
  }

  /** Names of whole photographs, the oldest first. */
  get #ready(): string[] {
    return [...this.#seen]
      .filter(([, { stage }]) => stage === 'ready')
      .sort(([a, x], [b, y]) => x.changedAt - y.changedAt || (a < b ? -1 : 1))
      .map(([name]) => name);
  }

  #lookSoon(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    void this.#look().finally(() => {
      this.#isQueued = false;
    });
  }

  #look(): Promise<void> {
    return this.#inTurn(() => this.#lookNow());
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#looking = this.#looking.catch(() => undefined).then(work);
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    if (this.#isClosed) return;
    try {
      await mkdir(this.#folder, { recursive: true });
      const names = (await readdir(this.#folder, { withFileTypes: true }))
        .filter((entry) => entry.isFile() && mayBePhotograph(entry.name) && !isNote(entry.name))
        .map(({ name }) => name);
      this.#watchFolder();
      this.#trouble = null;
      for (const name of this.#seen.keys()) if (!names.includes(name)) this.#seen.delete(name);
      for (const name of names) await this.#examine(name);
      this.#tell();
    } catch (error) {
      const { message } = fileError(this.#folder, error);
      this.#events.health({ level: 'trouble', name: this.#folder, message, fps: null });
    }
  }

  async #examine(name: string): Promise<void> {
    const path = join(this.#folder, name);
    const facts = await stat(path).catch(() => null);
    if (facts === null) return;
    const known = this.#seen.get(name);
    const now = performance.now();
    if (!known || !isSame(known, facts)) {
      this.#seen.set(name, { size: facts.size, changedAt: facts.mtimeMs, since: now, stage: 'new' });
      // Whoever writes it may be done by then.
      setTimeout(() => this.#lookSoon(), settled + 50).unref();
      return;
    }
    if (known.stage === 'over') await this.#putAway(name, known);
    if (known.stage !== 'new' || now - known.since < settled) return;
    try {
      if (facts.size > largestFile) throw new Error(`it is larger than ${largestFile / 2 ** 20} MB`);
      // Decoded whole: a file that is still being copied has a good beginning.
      await this.#decoder.decode(path, { within: previewSide });
      this.#seen.set(name, { ...known, stage: 'ready' });
    } catch (error) {
      if (now - known.since >= hopeless) await this.#end(name, known, messageOf(error));
    }
  }

  async #read(name: string, given: Seen): Promise<Photograph | null> {
    const path = join(this.#folder, name);
    try {
      const [bytes, { mtimeMs }] = await Promise.all([readFile(path), stat(path)]);
      const isCommon = ['JPEG', 'PNG', 'WebP'].includes(fileFormat(bytes)?.name ?? '');
      if (isCommon) return { bytes, at: mtimeMs };
      return { bytes: await encodeJpeg(await this.#decoder.decode(path, { within: convertedSide }), 95), at: mtimeMs };
    } catch (error) {
      // Taken away meanwhile, or damaged after all.
      await this.#inTurn(() => this.#end(name, given, messageOf(error)));
      return null;
    }
  }

  /** Nothing more comes of a photograph: it is never taken again, also where it cannot be put away. */
  async #end(name: string, seen: Seen, refusal?: string): Promise<void> {
    // Another one may have come under its name.
    if (this.#seen.get(name) !== seen) return;
    const over: Seen = { ...seen, stage: 'over', refusal };
    this.#seen.set(name, over);
    await this.#putAway(name, over);
  }

  async #putAway(name: string, seen: Seen): Promise<void> {
    const path = join(this.#folder, name);
    try {
      if (isSame(seen, await stat(path))) {
        if (seen.refusal === undefined) await rm(path);
        else await this.#refuse(name, seen.refusal);
      }
      this.#seen.delete(name);
    } catch (error) {
      const { code, path: culprit = path } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') this.#seen.delete(name);
      else this.#trouble = `A photograph that is done with cannot be put away. ${fileError(culprit, error).message}`;
    }
  }

  /** Puts what is no photograph aside under its name, or another where that is taken, with the reason beside it. */
  async #refuse(name: string, reason: string): Promise<void> {
    const folder = refusedFolder(this.#folder);
    const ending = extname(name);
    const stem = name.slice(0, name.length - ending.length);
    await mkdir(folder, { recursive: true });
    const there = new Set(await readdir(folder));
    let free = name;
    for (let i = 2; there.has(free); i++) free = `${stem}-${i}${ending}`;
    await rename(join(this.#folder, name), join(folder, free));
    await writeFile(join(folder, `${free}.txt`), `${reason}\n`);
    this.#setAside = [free, ...this.#setAside].slice(0, mostNamed);
  }

  async #preview(): Promise<void> {
    const [name] = this.#ready;
    if (name === undefined || this.#isPreviewing) return;
    this.#isPreviewing = true;
    try {
      const small = await this.#decoder.decode(join(this.#folder, name), { within: previewSide });
      const { width, height } = small;
      this.#events.preview({ bytes: await encodeJpeg(small, 80), encoding: 'jpeg', width, height, at: Date.now() });
    } catch {
      // Taken away meanwhile; the next look says so.
    } finally {
      this.#isPreviewing = false;
    }
  }

  #watchFolder(): void {
    if (this.#watcher !== null) return;
    try {
      const watcher = watch(this.#folder, () => this.#lookSoon());
      const forget = () => {
        watcher.close();
        if (this.#watcher === watcher) this.#watcher = null;
      };
      watcher.on('error', forget);
      watcher.on('rename', forget);
      watcher.unref();
      this.#watcher = watcher;
    } catch {
      // Systems that cannot watch are looked at once a second all the same.
    }
  }

  #tell(): void {
    const count = this.#ready.length;
    const message =
      count === 0
        ? `Waiting for photographs in ${this.#folder}.`
        : `${count} photographs are waiting in ${this.#folder}.`;
    const setAside =
      this.#setAside.length === 0 ? '' : ` Set aside in refused/, with the reason: ${this.#setAside.join(', ')}.`;
    const level = this.#trouble === null ? 'good' : 'trouble';
    this.#events.health({ level, name: this.#folder, message: this.#trouble ?? `${message}${setAside}`, fps: null });
    this.#events.waiting(count > 0);
  }
}

/** People leave notes for one another here. */
const isNote = (name: string): boolean => extname(name).toLowerCase() === '.txt';

const isSame = (seen: Seen, { size, mtimeMs }: { readonly size: number; readonly mtimeMs: number }): boolean =>
  seen.size === size && seen.changedAt === mtimeMs;
