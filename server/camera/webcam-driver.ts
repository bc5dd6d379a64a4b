import { access, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FamiliarError, messageOf } from '../errors.ts';
import { defaultLimits } from '../image/decode.ts';
import type { ImageDecoder } from '../image/decoder.ts';
import { encodeJpeg } from '../image/encode.ts';
import type { Photograph } from '../installation/ports.ts';
import { type CameraDriver, type DriverEvents, previewSide } from './driver.ts';
import { cameraAborted, cameraFailed, cameraSlow, cameraUnavailable } from './errors.ts';
import { type RunningShot, shoot } from './node-webcam.ts';
import { sampleOf } from './picture-sample.ts';
import { PictureWatch, troubleSentences } from './picture-watch.ts';

export interface WebcamOptions {
  /** Empty for the first camera. */
  readonly device: string;
  readonly width: number;
  readonly height: number;
}

/** Whether the camera is still plugged in and its program has not hung is looked at so often, ms. */
const lookEvery = 250;
/**
 * From the beginning of one picture to that of the next with no visitor before the camera, ms. Each lights the lamp, but
 * nothing else tells a camera that is black or frozen, and it takes two pictures to know.
 */
const idleEvery = 1_000;
const previewPause = 150;
/** After a picture that failed, ms. */
const troublePause = 1_000;
/** A picture that takes longer is given up and its program killed, ms. */
const longestShot = 10_000;
/** A killed program that is not gone after so long hangs in the system itself, ms. */
const killPatience = 2_000;
/**
 * Two pictures that are the same or black, taken so far apart, make a trouble, ms: a living camera's stills are never
 * equal, and a hand before the lens is gone by then.
 */
const sameLimit = 500;
/** A picture is late after so long, and after twice as long as the one before it took, ms. */
const lateAfter = 2_000;

/** Each still lies in a folder of this name, in that for temporary files, until it is read. */
const stillPrefix = 'familiar-camera-';
/** One that is older was left behind, ms. */
const stillLife = 60_000;

/** The program that node-webcam runs on each system, and how it is got. */
const programs: Partial<Record<NodeJS.Platform, readonly [program: string, advice: string]>> = {
  linux: ['fswebcam', "Install it: 'sudo apt install fswebcam'"],
  darwin: ['imagesnap', "Install it: 'brew install imagesnap'"],
  win32: ['CommandCam', "Run 'npm ci' again: it comes with the package"],
};

/** Stills by a camera program, through the node-webcam package, for cameras that nothing else can open. */
export class WebcamDriver implements CameraDriver {
  readonly #options: WebcamOptions;
  readonly #decoder: ImageDecoder;
  readonly #events: DriverEvents;
  readonly #patience: number;
  readonly #watch = new PictureWatch(sameLimit, performance.now());
  #last: Promise<unknown> = Promise.resolve();
  #isPreviewWanted = false;
  #isClosed = false;
  #isLooping = false;
  #trouble: string | null = null;
  /** When the newest picture was begun, how long the last good one took, and whether one is being taken. */
  #begunAt = Number.NEGATIVE_INFINITY;
  #took: number;
  #isShooting = false;
  /** The program that runs, also one that was given up and has not ended. */
  #running: RunningShot | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** @param patience ms after which a picture is given up */
  constructor(options: WebcamOptions, decoder: ImageDecoder, events: DriverEvents, patience: number = longestShot) {
    this.#options = options;
    this.#decoder = decoder;
    this.#events = events;
    this.#patience = patience;
    this.#took = patience;
  }

  start(): void {
    const { device } = this.#options;
    // The package hands it to a shell.
    if (!/^[\w./:-]*$/.test(device)) {
      this.#tell(`'${device}' is no name of a camera. Use one such as /dev/video0 under 'camera: webcam'.`);
      return;
    }
    void sweepStills();
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
    await this.#running?.kill();
    await this.#last;
  }

  /** Whether it is there, whether the picture in hand is late, and where nobody takes pictures, whether it gives any. */
  async #look(): Promise<void> {
    const { device } = this.#options;
    if (process.platform === 'linux' && device.startsWith('/') && !(await isThere(device))) {
      this.#tell(`There is no camera at ${device}. Plug it in, or choose another under 'camera: webcam'.`);
      this.#begunAt = Number.NEGATIVE_INFINITY;
      return;
    }
    const since = performance.now() - this.#begunAt;
    if (this.#isShooting) {
      if (since > Math.max(lateAfter, 2 * this.#took)) this.#tell(troubleSentences.silent);
      return;
    }
    if (this.#isLooping || this.#isClosed || since < idleEvery) return;
    await this.#shoot().catch(() => undefined);
  }

  async #loop(): Promise<void> {
    this.#isLooping = true;
    while (this.#isPreviewWanted && !this.#isClosed) {
      try {
        const { bytes, at } = await this.#shoot();
        const small = await this.#decoder.decode({ name: 'still', bytes }, { within: previewSide });
        const { width, height } = small;
        this.#events.preview({ bytes: await encodeJpeg(small, 80), encoding: 'jpeg', width, height, at });
      } catch {
        // Said as health already.
      }
      await new Promise((resolve) => setTimeout(resolve, this.#trouble === null ? previewPause : troublePause));
    }
    this.#isLooping = false;
  }

  /** One photograph after the other: the camera can be open once. */
  #shoot(): Promise<Photograph> {
    const shot = this.#last.then(async () => {
      this.#isShooting = true;
      return await this.#shootNow().finally(() => {
        this.#isShooting = false;
      });
    });
    this.#last = shot.catch(() => undefined);
    return shot;
  }

  async #shootNow(): Promise<Photograph> {
    if (this.#isClosed) throw cameraChanged();
    if (this.#running !== null) {
      const [program] = programOfSystem();
      // A second one would hang as well, and one after it, until the computer has room for none.
      const hanging = `${program} hangs and cannot be ended. Unplug the camera and plug it in again.`;
      this.#tell(hanging);
      throw cameraUnavailable(hanging);
    }
    const begunAt = performance.now();
    this.#begunAt = begunAt;
    const folder = await mkdtemp(join(tmpdir(), stillPrefix));
    try {
      if (!/^[\w./:\\~-]+$/.test(folder))
        throw new Error(`the name of the folder for temporary files (${tmpdir()}) is too unusual`);
      const path = join(folder, 'still.jpeg');
      const { device, width, height } = this.#options;
      const at = Date.now();
      await this.#run(shoot(path, { device: device || null, width, height }));
      const bytes = await readFile(path);
      this.#took = performance.now() - begunAt;
      const sample = sampleOf(bytes, this.#decoder, defaultLimits).catch((error) => {
        throw new Error(messageOf(error));
      });
      this.#judge(await sample);
      return { bytes, at };
    } catch (error) {
      if (this.#isClosed) throw cameraChanged();
      const failure = error instanceof FamiliarError ? error : cameraFailed(sentenceFor(error, folder), error);
      this.#tell(failure.message);
      throw failure;
    } finally {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  /** Waits for a program that takes a picture; one that hangs is killed, and waited for again. */
  async #run(shot: RunningShot): Promise<void> {
    this.#running = shot;
    const ended = shot.done.finally(() => {
      this.#running = null;
    });
    try {
      await within(this.#patience, ended);
    } catch (error) {
      if (this.#running !== null) {
        await shot.kill();
        await within(killPatience, ended).catch(() => undefined);
      }
      throw error;
    }
  }

  #judge(sample: Awaited<ReturnType<typeof sampleOf>>): void {
    const now = performance.now();
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

/** Deletes stills that a crash has left: nobody has agreed to them. Those of a minute may be another piece's. */
async function sweepStills(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names.filter((candidate) => candidate.startsWith(stillPrefix))) {
    const path = join(tmpdir(), name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > stillLife) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const cameraChanged = () => cameraUnavailable('The camera has been changed.');

const programOfSystem = () => programs[process.platform] ?? ['a camera program', 'This system has none'];

/** Without what differs from one picture to the next (the command and its path): the log tells each trouble once. */
function sentenceFor(error: unknown, folder: string): string {
  const [program, advice] = programOfSystem();
  const { cmd } = error as { cmd?: unknown };
  const command = typeof cmd === 'string' ? `Command failed: ${cmd}` : '';
  const text = messageOf(error).replace(command, '').replaceAll(folder, '…').replace(/\s+/g, ' ').trim();
  const { code } = error as { code?: unknown };
  if (code === 127 || /not found|not recognized|is not recognised/i.test(text)) {
    return `The program ${program}, which takes the pictures, is missing. ${advice}.`;
  }
  if (code === 'ENOENT' || /no such (file|device)|no webcam/i.test(text)) {
    return `${program} found no camera. Plug it in, or choose another under 'camera: webcam'.`;
  }
  if (/busy/i.test(text)) return 'The camera is used by another program. Close that program.';
  return `${program} gave no picture${text && ` (${text.slice(0, 200)})`}. Try the camera in another program.`;
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(cameraSlow(ms / 1000)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
