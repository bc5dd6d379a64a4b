import { ArrivalRate } from './frames/arrival-rate.ts';
import type { Picture } from './frames/frame-link.ts';
import type { Receiver } from './frames/receiver.ts';
import type { Director } from './scene/director.ts';
import { dissolveSeconds, dissolveSpread } from './scene/dissolve.ts';
import type { Stage } from './scene/stage.ts';

/**
 * Brings pictures onto the stage: the newest at each drawing. Also while time stands still, when the server sends only what
 * cannot wait: what comes in place of a deleted face, what a direction bends, the first picture of a new page or GPU.
 */
export class PictureIntake {
  /** Header of the last picture on the stage. */
  last: Picture['header'] | null = null;
  /** When it came, ms of this page's clock. */
  lastAt = Number.NEGATIVE_INFINITY;
  private readonly receiver: Receiver;
  private readonly director: Director;
  private readonly rate = new ArrivalRate();

  constructor(receiver: Receiver, director: Director) {
    this.receiver = receiver;
    this.director = director;
  }

  /** Puts the newest picture on the stage; tells whether there was one. `now` in ms. */
  bring(stage: Stage, frozen: boolean, smoothing: number, now: number): boolean {
    const arrived = this.receiver.take();
    if (!arrived) return false;
    const { header, bitmap } = arrived;
    this.rate.arrived(now);
    const first = this.last === null;
    const seconds = first ? 0 : dissolveSeconds(header.blend, frozen ? null : this.rate.interval(), smoothing);
    stage.face.show(bitmap, dissolveSpread(seconds));
    if (first && stage.hasRefused) this.receiver.copy();
    bitmap.close();
    this.director.dissolve.begin(this.director.clock, seconds, frozen);
    this.last = header;
    this.lastAt = now;
    this.receiver.acknowledge(arrived);
    return true;
  }
}
