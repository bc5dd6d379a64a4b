import type { Photograph } from '../../server/installation/ports.ts';
import { FakeCamera } from '../installation/fakes.ts';

/** A camera that always takes the same photograph. */
export class PhotographCamera extends FakeCamera {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    super();
    this.bytes = bytes;
  }
  override async takeStill(): Promise<Photograph> {
    return { bytes: this.bytes, at: Date.now() };
  }
}
