import { ArrivalRate } from './frames/arrival-rate.ts';
import type { Picture } from './frames/frame-link.ts';
import { Mailbox } from './frames/mailbox.ts';
import type { Receiver } from './frames/receiver.ts';
import type { Director } from './scene/director.ts';
import { dissolveSeconds, dissolveSpread } from './scene/dissolve.ts';
import type { Stage } from './scene/stage.ts';

/** Brings pictures onto the stage: the newest at each drawing, none while time stands still. */
export class PictureIntake {
  /** Header of the last picture on the stage. */
  last: Picture['header'] | null = null;
  /** When it came, ms of this page's clock. */
  lastAt = Number.NEGATIVE_INFINITY;
  private readonly receiver: Receiver;
  private readonly director: Director;
  private readonly rate = new ArrivalRate();
  private readonly held = new Mailbox<Picture>();

  constructor(receiver: Receiver, director: Director) {
    this.receiver = receiver;
    this.director = director;
  }

  /** Puts the newest picture on the stage; tells whether there was one. `now` in ms. */
  bring(stage: Stage, frozen: boolean, smoothing: number, now: number): boolean {
    const arrived = this.receiver.take();
    if (frozen) {
      // The server may go on; the wall waits with the newest in its hand.
      if (arrived) {
        this.receiver.acknowledge(arrived);
        this.held.put(arrived)?.bitmap.close();
      }
      return false;
    }
    const held = this.held.take();
    if (held && !arrived) return this.show(held, stage, smoothing, now);
    held?.bitmap.close();
    if (!arrived) return false;
    this.show(arrived, stage, smoothing, now);
    this.receiver.acknowledge(arrived);
    return true;
  }

  private show({ header, bitmap }: Picture, stage: Stage, smoothing: number, now: number): boolean {
    this.rate.arrived(now);
    const first = this.last === null;
    const seconds = first ? 0 : dissolveSeconds(header.blend, this.rate.interval(), smoothing);
    stage.face.show(bitmap, dissolveSpread(seconds));
    if (first && stage.hasRefused) this.receiver.copy();
    bitmap.close();
    this.director.dissolve.begin(this.director.clock.now, seconds);
    this.last = header;
    this.lastAt = now;
    return true;
  }
}
