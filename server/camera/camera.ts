import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Config } from '../config/schema.ts';
import type { ImageDecoder } from '../image/decoder.ts';
import { type CameraPort, type Off, type Photograph, type Preview, systemClock } from '../installation/ports.ts';
import type { CameraHealth } from '../protocol/snapshot.ts';
import { BrowserDriver } from './browser-driver.ts';
import { DeviceDriver } from './device-driver.ts';
import { deviceInput } from './device-input.ts';
import type { CameraDriver, DriverEvents, DriverHealth } from './driver.ts';
import { cameraUnavailable } from './errors.ts';
import { FolderDriver } from './folder-driver.ts';
import { TabletEndpoint } from './tablet-endpoint.ts';
import { WebcamDriver } from './webcam-driver.ts';

/** Makes a driver by its name; throws where there is none of that name. */
export type MakeDriver = (name: string, events: DriverEvents) => CameraDriver;

/** What fswebcam opens where it is told nothing: named, so that its being unplugged is seen at once. */
const firstWebcam = process.platform === 'linux' ? '/dev/video0' : '';

/**
 * The camera of installation.yaml, at once being opened.
 *
 * @param resolve makes the paths of installation.yaml absolute
 * @param decoder decodes what the camera gives
 */
export function createCamera(
  { camera: config }: Pick<Config, 'camera'>,
  resolve: (path: string) => string,
  driver: string,
  decoder: ImageDecoder,
): Camera {
  const patience = config.troubleAfter * 1000;
  const tablets = new TabletEndpoint();
  const make: MakeDriver = (name, events) => {
    switch (name) {
      case 'browser':
        return new BrowserDriver(tablets, patience, decoder, events);
      case 'device':
        return new DeviceDriver(() => deviceInput(config, process.platform, resolve), patience, events);
      case 'node-webcam':
        return new WebcamDriver({ ...config, device: config.webcam || firstWebcam }, decoder, events);
      case 'folder':
        return new FolderDriver(resolve(config.folder), decoder, events);
      default:
        throw cameraUnavailable(`There is no camera '${name}'. Choose browser, device, node-webcam or folder.`);
    }
  };
  return new Camera(make, driver, tablets);
}

/** The camera in use, whichever driver it is: what a driver that was left says late is dropped. */
export class Camera implements CameraPort {
  readonly #make: MakeDriver;
  readonly #tablets: TabletEndpoint;
  readonly #healthListeners = new Set<(health: CameraHealth) => void>();
  readonly #previewListeners = new Set<(preview: Preview) => void>();
  readonly #waitingListeners = new Set<(waiting: boolean) => void>();
  #driver: CameraDriver | null = null;
  #name: string | null = null;
  #health: CameraHealth = { level: 'starting', name: '', message: '', since: systemClock.now(), fps: null };
  #waiting = false;
  #wanted: readonly [boolean, string | null] = [false, null];
  #closing: Promise<unknown> = Promise.resolve();

  constructor(make: MakeDriver, driver: string, tablets: TabletEndpoint) {
    this.#make = make;
    this.#tablets = tablets;
    this.use(driver);
  }

  get health(): CameraHealth {
    return this.#health;
  }

  get waiting(): boolean {
    return this.#waiting;
  }

  onHealth(listener: (health: CameraHealth) => void): Off {
    return listen(this.#healthListeners, listener);
  }

  onPreview(listener: (preview: Preview) => void): Off {
    return listen(this.#previewListeners, listener);
  }

  onWaiting(listener: (waiting: boolean) => void): Off {
    return listen(this.#waitingListeners, listener);
  }

  use(name: string): void {
    if (name === this.#name) return;
    const old = this.#driver;
    this.#name = name;
    this.#driver = null;
    this.#setWaiting(false);
    if (old !== null) this.#closing = Promise.allSettled([this.#closing, old.close()]);
    this.#setHealth({ level: 'starting', name, message: '', fps: null });
    const begin = () => {
      if (this.#name !== name || this.#driver !== null) return;
      try {
        const driver = this.#make(
          name,
          this.#eventsFor(() => this.#driver === driver),
        );
        this.#driver = driver;
        driver.start();
        driver.setPreview(...this.#wanted);
      } catch (error) {
        this.#setHealth({ level: 'trouble', name, message: String((error as Error).message), fps: null });
      }
    };
    // Two drivers may want the same camera: the old one lets go first.
    if (old === null) begin();
    else void this.#closing.then(begin);
  }

  setPreview(wanted: boolean, client: string | null): void {
    this.#wanted = [wanted, client];
    this.#driver?.setPreview(wanted, client);
  }

  async takeStill(client: string | null, signal: AbortSignal): Promise<Photograph> {
    if (this.#driver === null) throw cameraUnavailable('The camera is being changed. Try again in a moment.');
    return this.#driver.takeStill(client, signal);
  }

  /** A tablet that lends its camera (`/camera?v=1&client=<id>`). */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#tablets.handleUpgrade(request, socket, head);
  }

  async close(): Promise<void> {
    const driver = this.#driver;
    this.#driver = null;
    this.#name = null;
    await Promise.allSettled([this.#closing, driver?.close(), this.#tablets.close()]);
  }

  #eventsFor(isInUse: () => boolean): DriverEvents {
    return {
      health: (health) => {
        if (isInUse()) this.#setHealth(health);
      },
      preview: (preview) => {
        if (!isInUse() || !this.#wanted[0]) return;
        for (const listener of this.#previewListeners) listener(preview);
      },
      waiting: (waiting) => {
        if (isInUse()) this.#setWaiting(waiting);
      },
    };
  }

  #setHealth({ level, name, message, fps }: DriverHealth): void {
    const before = this.#health;
    const rounded = fps === null ? null : Math.round(fps);
    const isSame = before.level === level && before.name === name && before.message === message;
    if (isSame && before.fps === rounded) return;
    this.#health = { level, name, message, fps: rounded, since: isSame ? before.since : systemClock.now() };
    for (const listener of this.#healthListeners) listener(this.#health);
  }

  #setWaiting(waiting: boolean): void {
    if (this.#waiting === waiting) return;
    this.#waiting = waiting;
    for (const listener of this.#waitingListeners) listener(waiting);
  }
}

function listen<T>(listeners: Set<T>, listener: T): Off {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
