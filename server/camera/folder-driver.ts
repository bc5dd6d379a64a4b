import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { messageOf } from '../errors.ts';
import { fileError } from '../files/errors.ts';
import { openImage } from '../image/decode.ts';
import { encodeJpeg } from '../image/encode.ts';
import { imageFormat } from '../image/image-format.ts';
import { sharp } from '../image/sharp.ts';
import type { Photograph } from '../installation/ports.ts';
import { type CameraDriver, type DriverEvents, previewSide } from './driver.ts';
import { cameraAborted, cameraUnavailable } from './errors.ts';

/** The folder is looked at so often, also where the system tells of changes: network drives do not. */
const lookEvery = 1_000;
const previewEvery = 500;
/** A file that has not grown for so long is taken to be whole, ms. */
const settled = 700;
/** One that is still damaged after so long stays so, ms. */
const hopeless = 10_000;
/** Photographs are kept small enough for every later step to hold in memory. */
const largestFile = 64 * 2 ** 20;
/** Folders hold other things as well. */
const ignored = /^\.|^(thumbs\.db|desktop\.ini)$|\.(txt|part|tmp|crdownload)$/i;

interface Seen {
  readonly size: number;
  readonly changedAt: number;
  /** When its size was first seen. */
  readonly since: number;
  /** Looked into and found good. */
  readonly isReady: boolean;
}

/**
 * Photographs dropped into a folder, one visitor each, the oldest first. Those that were taken go to `taken/`, those that
 * cannot be read to `refused/` with a text that says why.
 */
export class FolderDriver implements CameraDriver {
  readonly #folder: string;
  readonly #events: DriverEvents;
  readonly #seen = new Map<string, Seen>();
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | undefined;
  #previewTimer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isQueued = false;
  #isClosed = false;

  constructor(folder: string, events: DriverEvents) {
    this.#folder = folder;
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
      const name = this.#ready[0];
      if (name === undefined) throw cameraUnavailable(`No photograph is waiting in ${this.#folder}. Drop one there.`);
      const photograph = await this.#read(name);
      if (photograph === null) continue;
      this.#seen.delete(name);
      await this.#move(name, 'taken');
      this.#tell();
      return photograph;
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
      .filter(([, { isReady }]) => isReady)
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
    this.#looking = this.#looking.catch(() => undefined).then(() => this.#lookNow());
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    if (this.#isClosed) return;
    try {
      await mkdir(this.#folder, { recursive: true });
      const names = (await readdir(this.#folder, { withFileTypes: true }))
        .filter((entry) => entry.isFile() && !ignored.test(entry.name))
        .map(({ name }) => name);
      this.#watchFolder();
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
    if (known?.size !== facts.size || known.changedAt !== facts.mtimeMs) {
      this.#seen.set(name, { size: facts.size, changedAt: facts.mtimeMs, since: now, isReady: false });
      // Whoever writes it may be done by then.
      setTimeout(() => this.#lookSoon(), settled + 50).unref();
      return;
    }
    if (known.isReady || now - known.since < settled) return;
    try {
      if (facts.size > largestFile) throw new Error(`it is larger than ${largestFile / 2 ** 20} MB`);
      // Decoded whole: a file that is still being copied has a good beginning.
      await (await openImage(path)).read({ within: previewSide });
      this.#seen.set(name, { ...known, isReady: true });
    } catch (error) {
      if (now - known.since < hopeless) return;
      this.#seen.delete(name);
      await this.#move(name, 'refused', messageOf(error));
    }
  }

  async #read(name: string): Promise<Photograph | null> {
    const path = join(this.#folder, name);
    try {
      const [bytes, { mtimeMs }] = await Promise.all([readFile(path), stat(path)]);
      const isCommon = ['JPEG', 'PNG', 'WebP'].includes(imageFormat(bytes)?.name ?? '');
      if (isCommon) return { bytes, at: mtimeMs };
      return { bytes: await encodeJpeg(await (await openImage(path)).read(), 95), at: mtimeMs };
    } catch (error) {
      // Taken away meanwhile, or damaged after all.
      this.#seen.delete(name);
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') await this.#move(name, 'refused', messageOf(error));
      return null;
    }
  }

  /** Puts a photograph aside under its name, or another where that is taken. */
  async #move(name: string, where: 'taken' | 'refused', reason?: string): Promise<void> {
    const folder = join(this.#folder, where);
    const ending = extname(name);
    const stem = name.slice(0, name.length - ending.length);
    try {
      await mkdir(folder, { recursive: true });
      const there = new Set(await readdir(folder));
      let free = name;
      for (let i = 2; there.has(free); i++) free = `${stem}-${i}${ending}`;
      await rename(join(this.#folder, name), join(folder, free));
      if (reason !== undefined) await writeFile(join(folder, `${free}.txt`), `${reason}\n`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      const { message } = fileError(join(folder, name), error);
      this.#events.health({ level: 'trouble', name: this.#folder, message, fps: null });
    }
  }

  async #preview(): Promise<void> {
    const [name] = this.#ready;
    if (name === undefined) return;
    try {
      const small = sharp(join(this.#folder, name), { failOn: 'error' })
        .rotate()
        .resize(previewSide, previewSide, { fit: 'inside', withoutEnlargement: true })
        .jpeg({ quality: 80 });
      const { data, info } = await small.toBuffer({ resolveWithObject: true });
      const { width, height } = info;
      this.#events.preview({ bytes: data, encoding: 'jpeg', width, height, at: Date.now() });
    } catch {
      // Taken away meanwhile; the next look says so.
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
    this.#events.health({ level: 'good', name: this.#folder, message, fps: null });
    this.#events.waiting(count > 0);
  }
}
