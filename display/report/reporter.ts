import type { FrameHeader } from '../../server/protocol/frame.ts';
import type { Control } from '../control.ts';
import type { Receiver } from '../frames/receiver.ts';
import { Statistics } from './statistics.ts';
import { takeThumbnail } from './thumbnail.ts';

/** How often the wall tells of itself, ms. */
const reportEvery = 1_000;
/** How often it shows itself while a curator looks, ms. */
const thumbnailEvery = 2_000;

/** Tells the server how the wall is doing, and shows what it shows. */
export class Reporter {
  private readonly control: Control;
  private readonly receiver: Receiver;
  private readonly statistics = new Statistics();
  private isDrawing = false;
  private reportedAt = 0;
  private shownAt = Number.NEGATIVE_INFINITY;

  constructor(control: Control, receiver: Receiver) {
    this.control = control;
    this.receiver = receiver;
  }

  start(): void {
    this.reportedAt = performance.now();
    setInterval(() => this.report(performance.now()), reportEvery);
  }

  /** The wall was drawn, with a new picture where `header` is given. In the same task as the drawing. */
  drawn(canvas: HTMLCanvasElement, header: FrameHeader | null, now: number): void {
    this.isDrawing = true;
    this.statistics.drawn();
    if (header) this.statistics.pictureDrawn(this.control.now() - header.capturedAt, now);
    if (!this.control.watched || now - this.shownAt < thumbnailEvery) return;
    this.shownAt = now;
    void takeThumbnail(canvas).then((picture) => picture && this.control.thumbnail(picture));
  }

  private report(now: number): void {
    const { statistics } = this;
    const fps = statistics.takeRate((now - this.reportedAt) / 1_000);
    this.reportedAt = now;
    if (!this.isDrawing) return;
    this.control.report({
      width: Math.round(innerWidth * devicePixelRatio),
      height: Math.round(innerHeight * devicePixelRatio),
      fps: Math.round(fps * 10) / 10,
      latency: statistics.latency(now),
      skipped: this.receiver.skipped,
    });
  }
}
