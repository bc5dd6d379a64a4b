import type { ChildProcess } from 'node:child_process';
import type { Photograph } from '../installation/ports.ts';
import { forkModule } from '../runtime/fork-module.ts';
import { type DeviceInput, shownAddress } from './device-input.ts';
import { type DeviceOptions, deviceVariable, type FromDevice, type ToDevice } from './device-messages.ts';
import { type CameraDriver, type DriverEvents, previewFps, previewSide } from './driver.ts';
import { cameraFailed, cameraUnavailable } from './errors.ts';
import { PictureWatch, troubleSentences } from './picture-watch.ts';
import { StillRequests } from './still-requests.ts';

const lookEvery = 200;
/** A camera that is opened takes its time: exposure, network, spinning up. */
const openPatience = 10_000;
const stillPatience = 8_000;
const longestPause = 5_000;

/** A camera at this computer, or anything else FFmpeg can open, in a process of its own that is held open. */
export class DeviceDriver implements CameraDriver {
  readonly #input: () => DeviceInput;
  readonly #patience: number;
  readonly #events: DriverEvents;
  readonly #stills = new StillRequests(stillPatience);
  #child: ChildProcess | null = null;
  #watch: PictureWatch | null = null;
  #startedAt = 0;
  #failures = 0;
  #broken: string | null = null;
  #name = '';
  #isPreviewWanted = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;

  /**
   * @param input asked for whenever it is opened: the first camera may be another one by then
   * @param patience ms without a good picture before that is trouble
   */
  constructor(input: () => DeviceInput, patience: number, events: DriverEvents) {
    this.#input = input;
    this.#patience = patience;
    this.#events = events;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), lookEvery);
    this.#open();
  }

  setPreview(wanted: boolean): void {
    this.#isPreviewWanted = wanted;
    this.#send({ type: 'preview', wanted });
  }

  takeStill(_client: string | null, signal: AbortSignal): Promise<Photograph> {
    if (this.#watch === null) {
      return Promise.reject(cameraUnavailable(this.#broken ?? 'The camera is still being opened. Try again.'));
    }
    return this.#stills.ask((id) => this.#send({ type: 'still', id }), signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#pause);
    const child = this.#child;
    this.#stills.failAll(cameraUnavailable('The camera has been changed.'));
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  #open(): void {
    const input = this.#input();
    this.#name = shownAddress(input.url);
    const options: DeviceOptions = { input, side: previewSide, fps: previewFps };
    const child = forkModule('./device-worker', import.meta.url, {
      // Arguments can be read by everybody on this computer, and addresses hold passwords.
      env: { ...process.env, [deviceVariable]: JSON.stringify(options) },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    this.#startedAt = performance.now();
    child.on('message', (message: FromDevice) => {
      if (this.#child === child) this.#hear(message);
    });
    child.on('error', () => {
      // No process could be started, so that none ends: there are too many, or too many open files.
      if (child.pid === undefined) this.#gone(child);
    });
    child.on('exit', () => this.#gone(child));
    if (this.#isPreviewWanted) this.#send({ type: 'preview', wanted: true });
    if (this.#failures === 0) this.#tell('starting', `${this.#name} is being opened.`);
  }

  #send(message: ToDevice): void {
    if (this.#child?.connected) this.#child.send(message, () => undefined);
  }

  #hear(message: FromDevice): void {
    const now = performance.now();
    switch (message.type) {
      case 'picture':
        this.#watch ??= new PictureWatch(this.#patience, now);
        this.#watch.see(now, message.sample);
        break;
      case 'preview': {
        const { bytes, width, height, at } = message;
        this.#events.preview({ bytes, encoding: 'jpeg', width, height, at });
        break;
      }
      case 'still':
        this.#stills.give(message.id, { bytes: message.bytes, at: message.at });
        break;
      case 'no-still':
        this.#stills.fail(message.id, cameraFailed(`The camera gave no photograph: ${message.message}.`));
        break;
      case 'broken':
        this.#broken = message.message;
    }
  }

  #look(): void {
    const now = performance.now();
    if (this.#child === null) return;
    if (this.#watch === null) {
      if (now - this.#startedAt > openPatience) this.#giveUp(troubleSentences.silent);
      else if (this.#failures === 0 && now - this.#startedAt > this.#patience) {
        this.#tell('trouble', troubleSentences.silent);
      }
      return;
    }
    const trouble = this.#watch.trouble(now);
    if (trouble === null) {
      this.#failures = 0;
      this.#broken = null;
      this.#tell('good', '', this.#watch.fps(now));
    } else if (trouble === 'silent') this.#giveUp(troubleSentences.silent);
    else this.#tell('trouble', troubleSentences[trouble], this.#watch.fps(now));
  }

  #giveUp(reason: string): void {
    this.#broken = reason;
    this.#child?.kill('SIGKILL');
  }

  #gone(child: ChildProcess): void {
    if (this.#child !== child || this.#isClosed) return;
    this.#child = null;
    this.#watch = null;
    const reason = this.#broken ?? troubleSentences.silent;
    this.#stills.failAll(cameraUnavailable(reason));
    this.#tell('trouble', reason);
    this.#pause = setTimeout(() => this.#open(), Math.min(longestPause, 300 * 2 ** this.#failures++));
  }

  #tell(level: 'good' | 'starting' | 'trouble', message: string, fps: number | null = null): void {
    this.#events.health({ level, name: this.#name, message, fps });
  }
}
