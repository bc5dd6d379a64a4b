import { createStore, type Store } from '../../shared/store.ts';
import { type CameraProblem, cameraProblemOf } from './camera-problem.ts';
import { countFrames, type FrameCounter } from './count-frames.ts';
import { type EncodedPicture, encodePicture, type PictureWish } from './encode-picture.ts';
import { FrameWatch } from './frame-watch.ts';
import { within } from './within.ts';

export interface CameraFacts {
  readonly label: string;
  readonly width: number;
  readonly height: number;
}

export interface CameraView {
  readonly status: 'closed' | 'opening' | 'open';
  readonly problem: CameraProblem | null;
  /** What is known of the camera since it was last open. */
  readonly facts: CameraFacts | null;
}

/** What is asked of the camera: the one that looks at the visitor, as fine as it gets without being slow. */
const wish: MediaStreamConstraints = {
  audio: false,
  video: {
    facingMode: 'user',
    width: { ideal: 1920 },
    height: { ideal: 1440 },
    frameRate: { ideal: 30 },
  },
};

/** Pause before a camera that went away is opened again. */
const retryIntervalMs = 2_000;
/** A camera that is open and gives no frame within this time does not work. */
const firstFrameLimitMs = 6_000;
/** How often the frames of an open camera are looked at. */
const lookIntervalMs = 500;

/**
 * The tablet's own camera. It is on only while it is wanted: its light never burns for somebody who has not agreed.
 * A camera that stops, with or without an event, is opened again until it works. `video` shows it; the view puts it on
 * the page.
 */
export class TabletCamera {
  readonly view: Store<CameraView> = createStore<CameraView>({ status: 'closed', problem: null, facts: null });
  readonly video: HTMLVideoElement;

  private readonly devices: MediaDevices | undefined;
  private readonly canvas: HTMLCanvasElement;
  private readonly page: Document;
  private stream: MediaStream | null = null;
  private wanted = false;
  /** Openings follow one another: two at once confuse Safari. */
  private work: Promise<void> = Promise.resolve();
  private retry: ReturnType<typeof setTimeout> | undefined;
  private looking: ReturnType<typeof setInterval> | undefined;
  private counter: FrameCounter | null = null;

  /** `devices` is missing where the page is not over https. */
  constructor(devices: MediaDevices | undefined, page: Document) {
    this.devices = devices;
    this.page = page;
    this.video = page.createElement('video');
    this.video.muted = true;
    this.video.playsInline = true;
    this.video.autoplay = true;
    this.canvas = page.createElement('canvas');
  }

  /** Tries whether the camera can be used, and lets it go again unless it is wanted. Asks for permission if need be. */
  probe(): Promise<void> {
    return this.queue(async () => {
      await this.open();
      if (!this.wanted) this.shut();
    });
  }

  /** Switches the camera on or off. */
  want(wanted: boolean): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    void this.follow();
  }

  /** To be called when the tablet wakes: systems take the camera away in its sleep without an event. */
  refresh(): void {
    if (this.wanted && !this.alive()) void this.follow();
  }

  /** Opens a wanted camera again although its frames come, because they show nothing new. */
  reopen(): void {
    if (!this.wanted || this.view.get().status !== 'open') return;
    this.shut();
    void this.follow();
  }

  /** What the camera sees now. Rejects where it is not open. */
  async picture(wish: PictureWish): Promise<EncodedPicture> {
    if (!this.alive()) throw new Error('The camera is not open.');
    return encodePicture(this.video, this.canvas, wish);
  }

  private follow(): Promise<void> {
    return this.queue(async () => {
      clearTimeout(this.retry);
      if (!this.wanted) return this.shut();
      if (this.alive()) return;
      await this.open();
      if (this.wanted && !this.alive()) this.retryLater();
    });
  }

  private async open(): Promise<void> {
    if (this.alive()) return;
    this.shut();
    if (!this.devices?.getUserMedia) return this.tell({ status: 'closed', problem: 'insecure' });
    this.tell({ status: 'opening', problem: this.view.get().problem });
    try {
      const stream = await this.devices.getUserMedia(wish);
      this.stream = stream;
      const [track] = stream.getVideoTracks();
      track.addEventListener('ended', () => this.stream === stream && this.lost());
      this.video.srcObject = stream;
      await within(this.play(stream), firstFrameLimitMs, 'The camera gives no picture.');
      if (this.stream !== stream) return;
      this.watch(stream);
      const facts = { label: track.label.slice(0, 200), width: this.video.videoWidth, height: this.video.videoHeight };
      this.view.set({ status: 'open', problem: null, facts });
    } catch (error) {
      this.shut();
      this.tell({ status: 'closed', problem: cameraProblemOf(error) });
    }
  }

  /** Plays until there is a picture. Without a frame, `play` neither resolves nor rejects. */
  private async play(stream: MediaStream): Promise<void> {
    for (;;) {
      try {
        return await this.video.play();
      } catch (error) {
        // A video that is moved on the page is paused.
        const isPaused = error instanceof DOMException && error.name === 'AbortError';
        if (!isPaused || this.stream !== stream) throw error;
      }
    }
  }

  /** Looks at the frames for as long as the camera is open. */
  private watch(stream: MediaStream): void {
    const { video } = this;
    const frames = new FrameWatch();
    const counter = countFrames(video);
    this.counter = counter;
    this.looking = setInterval(() => {
      if (this.stream !== stream) return;
      // Browsers pause a video that is off the page or hidden.
      const isSeen = video.isConnected && this.page.visibilityState === 'visible';
      if (isSeen && video.paused) void video.play().catch(() => {});
      if (!this.alive() || frames.look(isSeen ? counter.count() : null)) this.lost();
    }, lookIntervalMs);
  }

  private lost(): void {
    this.shut();
    this.tell({ status: 'closed', problem: 'busy' });
    if (this.wanted) this.retryLater();
  }

  private retryLater(): void {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.follow(), retryIntervalMs);
  }

  private shut(): void {
    const { stream } = this;
    this.stream = null;
    clearInterval(this.looking);
    this.counter?.stop();
    this.counter = null;
    this.video.srcObject = null;
    for (const track of stream?.getTracks() ?? []) track.stop();
    if (stream) this.tell({ status: 'closed', problem: this.view.get().problem });
  }

  private alive(): boolean {
    return this.stream?.getVideoTracks().some(({ readyState }) => readyState === 'live') ?? false;
  }

  private tell(change: Pick<CameraView, 'status' | 'problem'>): void {
    this.view.update((view) => ({ ...view, ...change }));
  }

  private queue(task: () => Promise<void> | void): Promise<void> {
    this.work = this.work.then(task);
    return this.work;
  }
}
