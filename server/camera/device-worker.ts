import { setTimeout as wait } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { messageOf } from '../errors.ts';
import { encodeJpeg } from '../image/encode.ts';
import { rgbImage } from '../media/convert.ts';
import { type Ffmpeg, type Frame, loadFfmpeg } from '../media/ffmpeg.ts';
import { type DeviceInput, openingSentence } from './device-input.ts';
import { type DeviceOptions, deviceVariable, type FromDevice, type ToDevice } from './device-messages.ts';
import { openDevice } from './open-device.ts';
import { brightOf } from './picture-sample.ts';

/** Pictures are looked at so often, for trouble. */
const sampleEvery = 250;
/** A file of one picture is not played more often than this. */
const shortestFrame = 30;

/** The process that holds a camera open: decodes what comes, hands out the newest, and dies with its camera. */
class DeviceReader {
  readonly #ffmpeg: Ffmpeg;
  readonly #options: DeviceOptions;
  readonly #stills: number[] = [];
  #isPreviewWanted = false;
  /** When the next preview is due. */
  #previewAt = 0;
  #sampledAt = 0;
  #isEncoding = false;

  constructor(ffmpeg: Ffmpeg, options: DeviceOptions) {
    this.#ffmpeg = ffmpeg;
    this.#options = options;
  }

  take(message: ToDevice): void {
    if (message.type === 'still') this.#stills.push(message.id);
    else this.#isPreviewWanted = message.wanted;
  }

  /** Plays the input to its end. Rejects where it cannot be opened or read. */
  async play(input: DeviceInput): Promise<void> {
    const device = await openDevice(this.#ffmpeg, input);
    try {
      const began = performance.now();
      let first: number | undefined;
      for await (const frame of device.frames(() => this.#isDue())) {
        if (frame === null) {
          send({ type: 'picture' });
          continue;
        }
        if (!input.isLive) {
          const seconds = device.secondsOf(frame);
          first ??= seconds;
          await wait(Math.max(shortestFrame / 2, began + 1000 * (seconds - first) - performance.now()));
        }
        await this.#show(frame);
      }
      if (!input.isLive) await wait(shortestFrame);
    } finally {
      await device.close();
    }
  }

  /** Whether the next picture will be looked at: pictures that stand alone need not be decoded for nothing. */
  #isDue(): boolean {
    return this.#isPreviewWanted || this.#stills.length > 0 || performance.now() - this.#sampledAt >= sampleEvery;
  }

  async #show(frame: Frame): Promise<void> {
    const at = Date.now();
    const now = performance.now();
    if (now - this.#sampledAt >= sampleEvery) {
      this.#sampledAt = now;
      const small = await rgbImage(this.#ffmpeg, frame, 32, 24);
      send({ type: 'picture', sample: { digest: crc32(frame.toBuffer()), bright: brightOf(small.data) } });
    } else {
      send({ type: 'picture' });
    }
    for (let id = this.#stills.shift(); id !== undefined; id = this.#stills.shift()) await this.#still(frame, id, at);
    if (!this.#isPreviewWanted || this.#isEncoding || now < this.#previewAt) return;
    // Counted on from when it was due, so that the rate is kept whatever the camera's own; not to make up for a pause.
    const pause = 1000 / this.#options.fps;
    this.#previewAt = Math.max(this.#previewAt + pause, now);
    const scale = Math.min(1, this.#options.side / Math.max(frame.width, frame.height));
    const size = (length: number) => Math.max(2, Math.round(length * scale));
    const image = await rgbImage(this.#ffmpeg, frame, size(frame.width), size(frame.height));
    this.#isEncoding = true;
    void encodeJpeg(image, 80)
      .then((bytes) => send({ type: 'preview', bytes, width: image.width, height: image.height, at }))
      .finally(() => {
        this.#isEncoding = false;
      });
  }

  async #still(frame: Frame, id: number, at: number): Promise<void> {
    try {
      const bytes = await encodeJpeg(await rgbImage(this.#ffmpeg, frame), 95);
      send({ type: 'still', id, bytes, at });
    } catch (error) {
      send({ type: 'no-still', id, message: messageOf(error) });
    }
  }
}

function send(message: FromDevice): void {
  if (process.connected) process.send?.(message, () => undefined);
}

process.on('disconnect', () => process.exit(0));

const options = JSON.parse(process.env[deviceVariable] ?? '{}') as DeviceOptions;
try {
  const ffmpeg = await loadFfmpeg();
  const reader = new DeviceReader(ffmpeg, options);
  process.on('message', (message: ToDevice) => reader.take(message));
  do await reader.play(options.input);
  while (!options.input.isLive);
  throw new Error('the picture has ended');
} catch (error) {
  const { code } = error as NodeJS.ErrnoException;
  const message = openingSentence(options.input, code, messageOf(error));
  process.send?.({ type: 'broken', message } satisfies FromDevice, () => process.exit(1));
}
