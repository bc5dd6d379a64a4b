import type { RgbImage } from '../image/rgb-image.ts';
import type { StateName } from '../protocol/states.ts';
import { contains, mainSource, mixAt, only } from './face-walk.ts';
import type { Scene } from './machine-types.ts';
import { ease } from './pacing.ts';
import type { ChainPort, Clock, EnginePort, FaceMix, FaceSource, StreamPort } from './ports.ts';

/** Part of each face's time in attract during which it is held. */
const rest = 0.3;
/** Seconds in which the wall turns to the face the next visitor grows out of. */
const turn = 2.5;
/** The engine may be busy drawing walks for at most this part of the time: attract must not heat the room. */
const duty = 0.35;
/** Shortest and longest time between two pictures of a walk, ms; displays dissolve between them. */
const interval = { min: 66, max: 1_000 } as const;
/** How long the wall dissolves to where a walk starts when it shows something else, ms. */
const dissolve = 1_200;
/** How many faces of nobody are met before they come round again. */
const nobodies = 12;

export interface WallPorts {
  readonly engine: Pick<EnginePort, 'render' | 'health' | 'startFace'>;
  readonly chain: Pick<ChainPort, 'faces' | 'still'>;
  readonly stream: StreamPort;
  readonly clock: Clock;
  readonly state: () => StateName;
  readonly isFrozen: () => boolean;
  /** Seconds a face of attract takes. */
  readonly attractPace: () => number;
  /** How many of the newest faces are played. */
  readonly attractFaces: number;
  /** The loop has come round. */
  readonly onLoopEnd: () => void;
}

/**
 * What the wall shows while no face is becoming: walks through the chain, or through faces of nobody where the chain is
 * empty, and the way back to the face the next visitor will grow out of. Where the engine is away, the stills of the
 * chain stand in.
 */
export class Wall {
  readonly #ports: WallPorts;
  /** Where the wall is. */
  #mix: FaceMix = only({ kind: 'start' });
  /** The face whose picture it sent last; null where it was nobody's, or the wall belongs to a becoming. */
  #shown: string | null = null;
  #index = -1;
  /** Changes with every scene: a walk of a scene before finds that it is over. */
  #run = 0;
  #skip = false;
  #scene: Scene = 'attract';
  /** What is on the displays is not what `#mix` says: the next picture must be dissolved into. */
  #isAdrift = true;
  #wanted = 0;
  #drawn = 0;
  #isRedrawing = false;
  /** Sliders have moved since what stands there was drawn, and it could not be drawn anew yet. */
  #isStale = false;
  #hasShown = false;

  constructor(ports: WallPorts) {
    this.#ports = ports;
  }

  show(scene: Scene): void {
    this.#run += 1;
    this.#scene = scene;
    if (scene === 'becoming') {
      this.#shown = null;
      this.#isAdrift = true;
      this.#isStale = false;
    }
    if (scene === 'attract') void this.#attract(this.#run);
    if (scene === 'start') void this.#walkTo(only({ kind: 'start' }), turn, this.#run);
  }

  /** A becoming has ended on this face: walks go on from it. */
  standAt(id: string): void {
    this.#mix = only({ kind: 'face', id });
    this.#shown = id;
    this.#isAdrift = false;
  }

  /** Draws anew what stands still: held, frozen, or at rest between two walks. */
  refresh(): void {
    // The pictures of a becoming are ahead of the wall: the last ones may be drawn already.
    this.#isStale = this.#scene === 'becoming';
    if (this.#isStale || this.#isAdrift) return;
    this.#wanted += 1;
    if (!this.#isRedrawing) void this.#redraw();
  }

  /** The face it stands at is kept: from now on it can be drawn as sliders that moved meanwhile want it. */
  kept(): void {
    if (this.#isStale) this.refresh();
  }

  /** On to the next face of the loop. */
  next(): void {
    this.#skip = true;
  }

  stop(): void {
    this.#run += 1;
  }

  async #attract(run: number): Promise<void> {
    for (;;) {
      await this.#thaw(run);
      if (run !== this.#run) return;
      const target = this.#nextSource();
      const isHere = this.#ports.engine.health.level === 'good';
      const seconds = this.#ports.attractPace();
      this.#skip = false;
      const hasWalked = isHere && (await this.#walkTo(only(target), seconds * (1 - rest), run));
      if (run !== this.#run) return;
      // What the engine cannot draw, being away or the face another pack's or damaged, has its picture.
      const isShown = hasWalked || (await this.#still(target));
      if (run !== this.#run) return;
      // An engine that starts takes a moment; the chain is not hurried through meanwhile.
      await this.#pause(isShown ? seconds * (hasWalked ? rest : 1) : 0.5, run);
    }
  }

  #nextSource(): FaceSource {
    const { chain, attractFaces, onLoopEnd } = this.#ports;
    const faces = chain.faces.slice(-attractFaces);
    const count = faces.length || nobodies;
    this.#index += 1;
    if (this.#index >= count) {
      this.#index = 0;
      onLoopEnd();
    }
    const face = faces[this.#index];
    return face ? { kind: 'face', id: face.id } : { kind: 'nobody', seed: this.#index + 1 };
  }

  async #redraw(): Promise<void> {
    const { engine } = this.#ports;
    this.#isRedrawing = true;
    // A slider that moves asks more often than the engine draws: only the latest wish counts.
    while (this.#drawn < this.#wanted) {
      this.#drawn = this.#wanted;
      const run = this.#run;
      const mix = this.#mix;
      const image = await engine.render(mix).catch(() => null);
      this.#isStale = image === null;
      // A walk that has gone on meanwhile must not be sent back.
      if (!image || run !== this.#run) continue;
      if (mix === this.#mix) this.#send(image, mainSource(mix), 2 * interval.min);
      // The walk's last step before it froze may have been drawn before the slider moved.
      else if (this.#ports.isFrozen()) this.#wanted += 1;
    }
    this.#isRedrawing = false;
  }

  /** Walks to a mix; false where the engine could not draw it. */
  async #walkTo(to: FaceMix, seconds: number, run: number): Promise<boolean> {
    const { clock, engine } = this.#ports;
    const from = this.#mix;
    // Adrift, the walk's first picture is where it starts from, so that the dissolve leads there.
    let elapsed = this.#isAdrift ? 0 : Math.min(seconds, interval.min / 1_000);
    for (;;) {
      await this.#thaw(run);
      if (run !== this.#run) return true;
      const mix = mixAt(from, to, ease(elapsed / seconds));
      const began = clock.now();
      let image: RgbImage;
      try {
        image = await engine.render(mix);
      } catch {
        // A face of the mix was deleted, or the engine left: what is shown from now on begins at the start.
        if (run === this.#run) this.#drift();
        return false;
      }
      if (run !== this.#run) return true;
      const cost = Math.max(0, clock.now() - began);
      const stride = Math.min(interval.max, Math.max(interval.min, cost / duty));
      const wait = this.#isAdrift ? dissolve : stride;
      this.#isAdrift = false;
      this.#mix = mix;
      this.#send(image, mainSource(mix), wait);
      if (elapsed >= seconds) return true;
      await this.#sleep(wait - cost);
      elapsed = this.#skip ? seconds : Math.min(seconds, elapsed + stride / 1_000);
    }
  }

  async #still(source: FaceSource): Promise<boolean> {
    const run = this.#run;
    const image = source.kind === 'face' ? await this.#ports.chain.still(source.id).catch(() => null) : null;
    if (!image || run !== this.#run) return false;
    this.#mix = only(source);
    this.#isAdrift = true;
    this.#send(image, source, (this.#ports.attractPace() * 1_000) / 2);
    return true;
  }

  #send(image: RgbImage, source: FaceSource, blend: number): void {
    this.#hasShown = true;
    const { engine, stream, chain, clock, state } = this.#ports;
    // The newest face need not be what the next grows out of: it may be of another pack.
    this.#shown = source.kind === 'face' ? source.id : source.kind === 'start' ? engine.startFace : null;
    const face = chain.faces.find(({ id }) => id === this.#shown);
    stream.show(image, {
      kind: face ? 'chain' : 'nobody',
      state: state(),
      blend: Math.round(Math.min(0xffff, Math.max(0, blend))),
      visitor: face?.visitor ?? 0,
      likeness: face?.likeness ?? null,
      capturedAt: clock.now(),
    });
  }

  /** Waits in small bits, so that skipping and freezing are felt at once. */
  async #pause(seconds: number, run: number): Promise<void> {
    for (let left = seconds * 1_000; left > 0 && run === this.#run && !this.#skip; left -= 200) {
      await this.#sleep(Math.min(left, 200));
      await this.#thaw(run);
    }
  }

  /** Waits while frozen; a wall that shows nothing, or what it must not, does not freeze. */
  async #thaw(run: number): Promise<void> {
    while (this.#ports.isFrozen() && this.#hasShown && run === this.#run) await this.#sleep(100);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#ports.clock.setTimeout(resolve, Math.max(0, ms));
    });
  }

  /** Takes a deleted face out of where the wall stands; where it is seen, the wall dissolves away from it at once. */
  forget(id: string): void {
    const isShown = this.#shown === id;
    if (!isShown && !contains(this.#mix, { kind: 'face', id })) return;
    this.#drift();
    const isBecoming = this.#scene === 'becoming';
    // The last picture of a becoming that has ended is this face; one under way has other pictures.
    if (!isBecoming || isShown) this.clear();
    if (!isBecoming) this.show(this.#scene);
  }

  /** What is on the displays must not stay there: no display is shown it any more, and what follows does not wait. */
  clear(): void {
    this.#ports.stream.clear();
    this.#hasShown = false;
  }

  #drift(): void {
    this.#mix = only({ kind: 'start' });
    this.#isAdrift = true;
  }
}
