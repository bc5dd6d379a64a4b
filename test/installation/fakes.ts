import { FamiliarError } from '../../server/errors.ts';
import type { RgbImage } from '../../server/image/rgb-image.ts';
import type {
  Becoming,
  BecomingOrder,
  BecomingStep,
  CameraPort,
  ChainPort,
  Clock,
  EnginePort,
  FaceMix,
  Off,
  Photograph,
  Portrait,
  PortraitPort,
  Preview,
  StreamPort,
} from '../../server/installation/ports.ts';
import type {
  CameraHealth,
  ChainClockJump,
  ChainFace,
  EngineHealth,
  Hint,
  UnreadableFace,
} from '../../server/protocol/snapshot.ts';

/** A clock that only moves when it is told to; promises run between its ticks. */
export class FakeClock implements Clock {
  #now = 1_000_000;
  #timers: { at: number; run: () => void }[] = [];

  /** How far the computer's clock was set, ms. */
  set = 0;

  now(): number {
    return this.#now;
  }

  date(): number {
    return this.#now + this.set;
  }

  setTimeout(run: () => void, ms: number): Off {
    const timer = { at: this.#now + Math.max(0, ms), run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get pending(): number {
    return this.#timers.length;
  }

  async advance(seconds: number): Promise<void> {
    const end = this.#now + seconds * 1_000;
    await settle();
    for (;;) {
      const next = this.#timers.reduce<{ at: number; run: () => void } | null>(
        (first, timer) => (timer.at <= end && (!first || timer.at < first.at) ? timer : first),
        null,
      );
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await settle();
    }
    this.#now = end;
  }
}

/** Lets everything that can run without time run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

export const picture = (value: number): RgbImage => ({ width: 2, height: 2, data: new Uint8Array(12).fill(value) });

class Listeners<T> {
  readonly #all = new Set<(value: T) => void>();
  add(listener: (value: T) => void): Off {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }
  tell(value: T): void {
    for (const listener of this.#all) listener(value);
  }
  get size(): number {
    return this.#all.size;
  }
}

export class FakeCamera implements CameraPort {
  health: CameraHealth = { level: 'good', name: 'fake', message: '', since: 0, fps: 15 };
  waiting = false;
  previewFor: string | null | false = false;
  /** Stills that were asked for and not yet given. */
  asked: { client: string | null; signal: AbortSignal; give: (p: Photograph) => void; fail: (e: Error) => void }[] = [];
  readonly healths = new Listeners<CameraHealth>();
  readonly previews = new Listeners<Preview>();
  readonly waits = new Listeners<boolean>();
  onHealth = (listener: (health: CameraHealth) => void) => this.healths.add(listener);
  onPreview = (listener: (preview: Preview) => void) => this.previews.add(listener);
  onWaiting = (listener: (waiting: boolean) => void) => this.waits.add(listener);
  use(): void {}
  setPreview(wanted: boolean, client: string | null): void {
    this.previewFor = wanted ? client : false;
  }
  takeStill(client: string | null, signal: AbortSignal): Promise<Photograph> {
    return new Promise((give, fail) => {
      this.asked.push({ client, signal, give, fail });
    });
  }
  async close(): Promise<void> {}
  fall(level: CameraHealth['level']): void {
    this.health = { ...this.health, level };
    this.healths.tell(this.health);
  }
}

export class FakePortraits implements PortraitPort {
  refuse: FamiliarError | null = null;
  hints: readonly Hint[] = ['ready'];
  observed = 0;
  async prepare(photograph: Photograph): Promise<Portrait> {
    if (this.refuse) throw this.refuse;
    return { target: picture(200), picture: photograph.bytes };
  }
  async observe(): Promise<{ hints: readonly Hint[]; faceBox: null }> {
    this.observed += 1;
    return { hints: this.hints, faceBox: null };
  }
}

/** A becoming whose steps the test makes. */
export class FakeBecoming implements Becoming {
  readonly face: string;
  readonly receipt: string;
  readonly order: BecomingOrder;
  from: string | null = null;
  ended: 'finished' | 'abandoned' | null = null;
  seconds: number;
  #queue: BecomingStep[] = [];
  #wake: (() => void) | null = null;
  #over: 'no' | 'done' | Error = 'no';
  readonly steps: AsyncIterable<BecomingStep>;

  constructor(order: BecomingOrder, n: number) {
    this.order = order;
    this.face = `face-${n}`;
    this.receipt = `receipt-${n}`;
    this.seconds = order.seconds;
    this.steps = this.#run();
  }

  make(step: number, done: number, level = Math.min(255, step)): void {
    const image = picture(level);
    this.#queue.push({ step, done, image, loss: 1 / (step + 1), likeness: done });
    this.#wake?.();
  }

  end(how: 'done' | Error = 'done'): void {
    this.#over = how;
    this.#wake?.();
  }

  async *#run(): AsyncGenerator<BecomingStep> {
    for (;;) {
      const step = this.#queue.shift();
      if (step) yield step;
      else if (this.#over instanceof Error) throw this.#over;
      else if (this.#over === 'done') return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  /** Steps that were drawn again, which gives a picture of level 250. */
  redrawn: number[] = [];
  /** Answers the redrawing that waits; by itself where the test does not hold it. */
  holdRedraw: Promise<void> | null = null;
  async redraw({ step }: BecomingStep): Promise<RgbImage> {
    this.redrawn.push(step);
    await this.holdRedraw;
    return picture(250);
  }
  retime(seconds: number): void {
    this.seconds = seconds;
  }
  async finish(): Promise<void> {
    this.ended = 'finished';
    this.end();
  }
  async abandon(): Promise<void> {
    this.ended = 'abandoned';
    this.end();
  }
}

export class FakeEngine implements EnginePort {
  health: EngineHealth = {
    level: 'good',
    name: 'fake',
    message: '',
    since: 0,
    pack: 'fake',
    resolution: 2,
    stepsPerSecond: 10,
    restarts: 0,
  };
  becomings: FakeBecoming[] = [];
  /** Held back until the test lets go, where set. */
  hold: Promise<void> | null = null;
  failRender = false;
  startFace: string | null = null;
  /** Faces of another pack. */
  readonly foreign = new Set<string>();
  rendered: FaceMix[] = [];
  readonly healths = new Listeners<EngineHealth>();
  onHealth = (listener: (health: EngineHealth) => void) => this.healths.add(listener);
  async become(order: BecomingOrder): Promise<Becoming> {
    const becoming = new FakeBecoming(order, this.becomings.length + 1);
    this.becomings.push(becoming);
    await this.hold;
    return becoming;
  }
  async render(mix: FaceMix): Promise<RgbImage> {
    if (this.failRender) throw new FamiliarError('ENGINE_AWAY', 'The engine is away.');
    if (mix.some(({ source }) => source.kind === 'face' && this.foreign.has(source.id))) {
      throw new FamiliarError('FACE_OTHER_PACK', 'This face is of another pack.');
    }
    this.rendered.push(mix);
    return picture(mix.length);
  }
  setDirections(): void {}
  async close(): Promise<void> {}
  fall(level: EngineHealth['level']): void {
    this.health = { ...this.health, level };
    this.failRender = level !== 'good';
    this.healths.tell(this.health);
  }
}

export class FakeChain implements ChainPort {
  faces: ChainFace[] = [];
  unreadable: UnreadableFace[] = [];
  clockJump: ChainClockJump | null = null;
  readonly changes = new Listeners<void>();
  onChange = (listener: () => void) => this.changes.add(listener);
  async confirmClock(): Promise<boolean> {
    const isAsked = this.clockJump !== null;
    this.clockJump = null;
    this.changes.tell();
    return isAsked;
  }
  add(visitor: number): void {
    this.faces = [...this.faces, { id: `old-${visitor}`, visitor, at: 1, likeness: 0.7 }];
  }
  async forget(id: string): Promise<boolean> {
    const before = this.faces.length;
    this.faces = this.faces.filter((face) => face.id !== id);
    return this.faces.length < before;
  }
  byReceipt(): null {
    return null;
  }
  async picture(): Promise<null> {
    return null;
  }
  async still(id: string): Promise<RgbImage | null> {
    return this.faces.some((face) => face.id === id) ? picture(99) : null;
  }
  async close(): Promise<void> {}
}

type Shown = { readonly image: RgbImage } & Parameters<StreamPort['show']>[1];

export class FakeStream implements StreamPort {
  shown: Shown[] = [];
  /** What a new display would be shown. */
  newest: Shown | undefined;
  show(image: RgbImage, header: Parameters<StreamPort['show']>[1]): void {
    this.shown.push({ image, ...header });
    this.newest = this.last;
  }
  clear(): void {
    this.newest = undefined;
  }
  get last(): Shown | undefined {
    return this.shown.at(-1);
  }
}
