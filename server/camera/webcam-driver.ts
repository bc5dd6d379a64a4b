import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FamiliarError, messageOf } from '../errors.ts';
import { sharp } from '../image/sharp.ts';
import type { Photograph } from '../installation/ports.ts';
import { type CameraDriver, type DriverEvents, previewSide } from './driver.ts';
import { cameraAborted, cameraFailed, cameraSlow, cameraUnavailable } from './errors.ts';
import { shoot } from './node-webcam.ts';
import { sampleOf } from './picture-sample.ts';
import { PictureWatch, troubleSentences } from './picture-watch.ts';

export interface WebcamOptions {
  /** Empty for the first camera. */
  readonly device: string;
  readonly width: number;
  readonly height: number;
}

/** Whether the camera is still plugged in is looked at so often, ms. */
const lookEvery = 1_000;
/** Pictures taken one by one, with no visitor before the camera: only now and then, since each lights its lamp. */
const idleEvery = 60_000;
const previewPause = 150;
const patience = 10_000;
/** The same picture, or a black one, so often makes a trouble. */
const sameLimit = 2_500;

/** The program that node-webcam runs on each system, and how it is got. */
const programs: Partial<Record<NodeJS.Platform, readonly [program: string, advice: string]>> = {
  linux: ['fswebcam', "Install it: 'sudo apt install fswebcam'"],
  darwin: ['imagesnap', "Install it: 'brew install imagesnap'"],
  win32: ['CommandCam', "Run 'npm ci' again: it comes with the package"],
};

/** Stills by a camera program, through the node-webcam package, for cameras that nothing else can open. */
export class WebcamDriver implements CameraDriver {
  readonly #options: WebcamOptions;
  readonly #events: DriverEvents;
  readonly #watch = new PictureWatch(sameLimit, performance.now());
  #last: Promise<unknown> = Promise.resolve();
  #isPreviewWanted = false;
  #isClosed = false;
  #isLooping = false;
  #trouble: string | null = null;
  #shotAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WebcamOptions, events: DriverEvents) {
    this.#options = options;
    this.#events = events;
  }

  start(): void {
    const { device } = this.#options;
    // The package hands it to a shell.
    if (!/^[\w./:-]*$/.test(device)) {
      this.#tell(`'${device}' is no name of a camera. Use one such as /dev/video0 under 'camera: webcam'.`);
      return;
    }
    this.#timer = setInterval(() => void this.#look(), lookEvery);
    void this.#look();
  }

  setPreview(wanted: boolean): void {
    this.#isPreviewWanted = wanted;
    if (wanted && !this.#isLooping && this.#timer !== undefined) void this.#loop();
  }

  async takeStill(_client: string | null, signal: AbortSignal): Promise<Photograph> {
    if (this.#timer === undefined) throw cameraUnavailable(this.#trouble ?? 'The camera is not open.');
    if (signal.aborted) throw cameraAborted();
    const photograph = await this.#shoot();
    if (signal.aborted) throw cameraAborted();
    return photograph;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isPreviewWanted = false;
    clearInterval(this.#timer);
    await this.#last.catch(() => undefined);
  }

  /** Once a second: whether it is there, and where nobody has taken a picture for long, whether it gives one. */
  async #look(): Promise<void> {
    const { device } = this.#options;
    if (process.platform === 'linux' && device.startsWith('/') && !(await isThere(device))) {
      this.#tell(`There is no camera at ${device}. Plug it in, or choose another under 'camera: webcam'.`);
      this.#shotAt = Number.NEGATIVE_INFINITY;
      return;
    }
    const wait = this.#trouble === null ? idleEvery : 2 * lookEvery;
    if (this.#isLooping || this.#isClosed || performance.now() - this.#shotAt < wait) return;
    await this.#shoot().catch(() => undefined);
  }

  async #loop(): Promise<void> {
    this.#isLooping = true;
    while (this.#isPreviewWanted && !this.#isClosed) {
      try {
        const { bytes, at } = await this.#shoot();
        const small = sharp(bytes).resize(previewSide, previewSide, { fit: 'inside', withoutEnlargement: true });
        const { data, info } = await small.jpeg({ quality: 80 }).toBuffer({ resolveWithObject: true });
        this.#events.preview({ bytes: data, encoding: 'jpeg', width: info.width, height: info.height, at });
      } catch {
        // Said as health already.
      }
      await new Promise((resolve) => setTimeout(resolve, this.#trouble === null ? previewPause : lookEvery));
    }
    this.#isLooping = false;
  }

  /** One photograph after the other: the camera can be open once. */
  #shoot(): Promise<Photograph> {
    const shot = this.#last.catch(() => undefined).then(() => this.#shootNow());
    this.#last = shot.catch(() => undefined);
    return shot;
  }

  async #shootNow(): Promise<Photograph> {
    const folder = await mkdtemp(join(tmpdir(), 'familiar-camera-'));
    try {
      if (!/^[\w./:\\~-]+$/.test(folder))
        throw new Error(`the name of the folder for temporary files (${folder}) is too unusual`);
      const path = join(folder, 'still.jpeg');
      const { device, width, height } = this.#options;
      const at = Date.now();
      await within(patience, shoot(path, { device: device || null, width, height }));
      const bytes = await readFile(path);
      this.#shotAt = performance.now();
      this.#judge(await sampleOf(bytes));
      return { bytes, at };
    } catch (error) {
      this.#shotAt = performance.now();
      const failure = error instanceof FamiliarError ? error : cameraFailed(sentenceFor(error), error);
      this.#tell(failure.message);
      throw failure;
    } finally {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  #judge(sample: Awaited<ReturnType<typeof sampleOf>>): void {
    const now = performance.now();
    // Between two series of pictures, nothing was expected.
    if (this.#watch.trouble(now) === 'silent') this.#watch.rest(now);
    this.#watch.see(now, sample);
    const trouble = this.#watch.trouble(now);
    this.#tell(trouble === null ? null : troubleSentences[trouble]);
  }

  #tell(trouble: string | null): void {
    this.#trouble = trouble;
    const level = trouble === null ? 'good' : 'trouble';
    const fps = trouble === null && this.#isLooping ? this.#watch.fps(performance.now()) : null;
    this.#events.health({ level, name: this.#options.device || 'first camera', message: trouble ?? '', fps });
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

function sentenceFor(error: unknown): string {
  const [program, advice] = programs[process.platform] ?? ['a camera program', 'This system has none'];
  const text = messageOf(error);
  const { code } = error as { code?: unknown };
  if (code === 127 || /not found|not recognized|is not recognised/i.test(text)) {
    return `The program ${program}, which takes the pictures, is missing. ${advice}.`;
  }
  if (code === 'ENOENT' || /no such (file|device)|no webcam/i.test(text)) {
    return `${program} found no camera. Plug it in, or choose another under 'camera: webcam'.`;
  }
  if (/busy/i.test(text)) return 'The camera is used by another program. Close that program.';
  return `${program} gave no picture (${text.replace(/\s+/g, ' ').trim().slice(0, 200)}). Try the camera in another program.`;
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(cameraSlow(ms / 1000)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
