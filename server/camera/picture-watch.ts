export type PictureTrouble = 'silent' | 'black' | 'frozen';

/** What is looked at of a picture. */
export interface PictureSample {
  /** Equal for equal pictures, and hardly ever for others. */
  readonly digest: number;
  /** Luma that all but the brightest twentieth of the picture stay below, 0..255. */
  readonly bright: number;
}

/** Below this, a picture shows nothing: covered lenses and cameras without a signal give 0 to 16. */
const blackBelow = 20;
/** Rate is measured over so many ms. */
const rateWindow = 2_000;

/**
 * Tells a camera that works from one that is unplugged, frozen or black. Pure: told the time, in ms. A living camera's
 * noise makes every picture different, so that equal ones mean that it hangs. Only what was seen counts: where samples
 * come late because the machine is busy, nothing is held against the camera.
 */
export class PictureWatch {
  readonly #patience: number;
  /** Of the last pictures, the oldest first. */
  readonly #arrivals: number[] = [];
  #lastAt: number;
  /** When the newest sample was taken, and since when samples have been equal, and dark; null where they are not. */
  #sampledAt = 0;
  #sameSince: number | null = null;
  #darkSince: number | null = null;
  #digest: number | null = null;

  /**
   * @param patience ms without a picture, a change or light that are no trouble yet
   * @param now when waiting for the first picture begins: later than it is where a camera is still being opened
   */
  constructor(patience: number, now: number) {
    this.#patience = patience;
    this.#lastAt = now;
  }

  /** A picture has come; a sample may be left out for most of them. */
  see(now: number, sample?: PictureSample): void {
    this.#lastAt = now;
    this.#arrivals.push(now);
    this.#forget(now);
    if (sample !== undefined) this.judge(now, sample);
  }

  /** A picture that has come before has been looked at. */
  judge(now: number, sample: PictureSample): void {
    const isSame = sample.digest === this.#digest;
    // Equal since the one before, which was the first of its kind.
    this.#sameSince = isSame ? (this.#sameSince ?? this.#sampledAt) : null;
    this.#darkSince = sample.bright < blackBelow ? (this.#darkSince ?? now) : null;
    this.#digest = sample.digest;
    this.#sampledAt = now;
  }

  trouble(now: number): PictureTrouble | null {
    const lasts = (since: number | null) => since !== null && this.#sampledAt - since > this.#patience;
    if (now - this.#lastAt > this.#patience) return 'silent';
    if (lasts(this.#darkSince)) return 'black';
    return lasts(this.#sameSince) ? 'frozen' : null;
  }

  /** Pictures a second; null before there are any. */
  fps(now: number): number | null {
    this.#forget(now);
    const { length } = this.#arrivals;
    return length === 0 ? null : (1000 * length) / rateWindow;
  }

  /** Also where nobody asks for the rate, as through the nights: cameras run for months. */
  #forget(now: number): void {
    while (this.#arrivals.length > 0 && now - this.#arrivals[0] > rateWindow) this.#arrivals.shift();
  }
}

/** What to do about a trouble. */
export const troubleSentences: Readonly<Record<PictureTrouble, string>> = {
  silent: 'The camera gives no picture. Check its cable and its power; it is tried again by itself.',
  black: 'The camera sees only black. Take off its cover, or switch on the light.',
  frozen: 'The camera gives the same picture again and again. Unplug it and plug it in again if this stays.',
};
