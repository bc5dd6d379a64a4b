import { randomBytes } from 'node:crypto';
import { messageOf } from '../errors.ts';
import type { CommandAnswer } from '../protocol/commands.ts';
import { portraitProblemOf } from '../protocol/portrait-problems.ts';
import type { CurvePoint, LogLevel } from '../protocol/snapshot.ts';
import { wakeTime } from './deadlines.ts';
import { advance, initialState } from './machine.ts';
import type { Effect, MachineEvent, MachineState, Sender, Settings, VisitCommand } from './machine-types.ts';
import { BecomingPlayer, engineShare } from './player.ts';
import type {
  Becoming,
  BecomingStep,
  CameraPort,
  ChainPort,
  Clock,
  ConsentWords,
  EnginePort,
  Off,
  Photograph,
  Portrait,
  PortraitPort,
  StreamPort,
} from './ports.ts';
import { Wall } from './wall.ts';

export interface RunnerPorts {
  readonly camera: CameraPort;
  readonly portraits: PortraitPort;
  readonly engine: EnginePort;
  readonly chain: ChainPort;
  readonly stream: StreamPort;
  readonly clock: Clock;
  /** Live values, as they are now. */
  readonly live: () => { readonly pace: number; readonly attractPace: number; readonly freeze: boolean };
  /** The words somebody consented to on a tablet set to that language, kept with the face. */
  readonly consentWords: (language: string | null, beside: boolean) => ConsentWords;
  /** Remembers how many visitors there have been. */
  readonly count: (visitors: number) => void;
  readonly log: (level: LogLevel, message: string) => void;
  readonly attractFaces: number;
  readonly fps: number;
}

/** What others than the tablets may want to hear of: OSC sends it out. */
export type Moment =
  | { readonly type: 'handover'; readonly visitor: number }
  | { readonly type: 'loop-end' }
  | { readonly type: 'step'; readonly step: number; readonly likeness: number };

/** What has changed; the picture of the whole is read from the installation itself. */
export type Change = { readonly curve: readonly CurvePoint[] | 'cleared' | null };

interface Taken {
  readonly portrait: Portrait;
  readonly photograph: Photograph;
}

/** A becoming that was ordered; the engine may still be on its way to it. */
interface InHand {
  becoming: Becoming | null;
  player: BecomingPlayer | null;
}

/** Runs the machine: gives it events, does what it says, and wakes it when its time has come. */
export class Installation {
  readonly #ports: RunnerPorts;
  readonly #wall: Wall;
  #state: MachineState;
  #curve: CurvePoint[] = [];
  /** Portraits in hand, by token. Nothing else holds them. */
  readonly #vault = new Map<string, Taken>();
  #becoming: InHand | null = null;
  #taking: AbortController | null = null;
  #isObserving = false;
  #pending: MachineEvent[] = [];
  #isStopped = false;
  #cancelWake: Off | null = null;
  #offs: Off[] = [];
  readonly #changes = new Set<(change: Change) => void>();
  readonly #moments = new Set<(moment: Moment) => void>();

  constructor(ports: RunnerPorts, settings: Settings, visitors: number) {
    this.#ports = ports;
    this.#state = initialState(settings, visitors, ports.clock.now());
    this.#wall = new Wall({
      ...ports,
      state: () => this.#state.name,
      isFrozen: () => ports.live().freeze,
      attractPace: () => ports.live().attractPace,
      onLoopEnd: () => this.#tell({ type: 'loop-end' }),
    });
  }

  get state(): MachineState {
    return this.#state;
  }

  get curve(): readonly CurvePoint[] {
    return this.#curve;
  }

  /** The portrait of the visit in hand as JPEG; null for any other token. */
  portrait(token: string): Uint8Array | null {
    return this.#vault.get(token)?.portrait.picture ?? null;
  }

  onChange(listener: (change: Change) => void): Off {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  }

  onMoment(listener: (moment: Moment) => void): Off {
    this.#moments.add(listener);
    return () => this.#moments.delete(listener);
  }

  start(): void {
    const { camera, engine } = this.#ports;
    const works = (level: string) => level !== 'trouble';
    let waits = camera.waiting;
    // A photograph has time until the engine is ready; a visitor takes as long as the engine to get there.
    const tellPhotograph = () =>
      this.#dispatch({ type: 'photograph', waits: waits && engine.health.level !== 'starting' });
    const tellEngine = () => {
      this.#dispatch({ type: 'engine', works: works(engine.health.level) });
      tellPhotograph();
    };
    this.#offs = [
      camera.onHealth((health) => this.#dispatch({ type: 'camera', works: works(health.level) })),
      engine.onHealth(tellEngine),
      camera.onWaiting((now) => {
        waits = now;
        tellPhotograph();
      }),
      camera.onPreview((preview) => void this.#observe(preview)),
    ];
    this.#wall.show('attract');
    this.#dispatch({ type: 'camera', works: works(camera.health.level) });
    tellEngine();
    this.#dispatch({ type: 'freeze', on: this.#ports.live().freeze });
  }

  /** Ends the visit; a becoming in hand is kept as far as it came. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const off of this.#offs) off();
    this.#cancelWake?.();
    this.#wall.stop();
    this.#taking?.abort();
    const current = this.#becoming;
    this.#becoming = null;
    current?.player?.stop(false);
    await current?.becoming?.finish();
    // A rehearsal from which no face has begun to grow is begun again after the next start.
    if (!this.#state.visit?.rehearsal) for (const { photograph } of this.#vault.values()) photograph.used?.();
    this.#vault.clear();
  }

  command(command: VisitCommand, by: Sender, details: { ticket?: number; language?: string } = {}): CommandAnswer {
    const answer = this.#dispatch({ type: 'command', command, by, ...details });
    return answer ?? { status: 'done' };
  }

  settingsChanged(settings: Settings): void {
    this.#dispatch({ type: 'settings', settings });
  }

  paceChanged(): void {
    this.#becoming?.becoming?.retime(this.#ports.live().pace * engineShare);
  }

  freezeChanged(): void {
    this.#dispatch({ type: 'freeze', on: this.#ports.live().freeze });
  }

  /** Faces are bent another way: what stands still, and what a becoming has ahead of the wall, must be drawn again. */
  directionsChanged(): void {
    this.#wall.refresh();
    this.#becoming?.player?.bent();
  }

  /**
   * A face is being deleted: it is not shown any more either, and a visit that made it ends. One that grows out of it goes on
   * from where the engine is.
   */
  forgotten(id: string): void {
    this.#wall.forget(id);
    const { becoming, player } = this.#becoming ?? {};
    if (becoming?.from === id) {
      this.#ports.stream.clear();
      player?.toNewest();
    }
    this.#dispatch({ type: 'forgotten', face: id });
  }

  #dispatch(event: MachineEvent): CommandAnswer | null {
    if (this.#isStopped) return { status: 'refused', code: 'closed', reason: 'The piece is being switched off.' };
    this.#pending.push(event);
    // What an effect reports at once waits until the effects before it have run.
    if (this.#pending.length > 1) return null;
    const before = this.#state;
    let first: CommandAnswer | null = null;
    try {
      for (let i = 0; i < this.#pending.length; i++) {
        const { state, effects, answer } = advance(this.#state, this.#pending[i], this.#ports.clock.now());
        this.#state = state;
        for (const effect of effects) this.#run(effect);
        if (i === 0) first = answer;
      }
    } finally {
      // An effect that throws must not have all later events wait behind it.
      this.#pending = [];
    }
    this.#setAlarm();
    if (this.#state !== before) this.#changed(null);
    return first;
  }

  #setAlarm(): void {
    const { clock } = this.#ports;
    this.#cancelWake?.();
    const wake = wakeTime(this.#state);
    this.#cancelWake =
      wake === null ? null : clock.setTimeout(() => this.#dispatch({ type: 'time' }), Math.max(0, wake - clock.now()));
  }

  #run(effect: Effect): void {
    const { camera, count, log } = this.#ports;
    switch (effect.type) {
      case 'show':
        this.#wall.show(effect.scene);
        break;
      case 'next-face':
        this.#wall.next();
        break;
      case 'preview':
        if (!effect.wanted) this.#taking?.abort();
        camera.setPreview(effect.wanted, effect.client);
        break;
      case 'take-portrait':
        void this.#take(effect.epoch, effect.client);
        break;
      case 'drop-portrait':
        this.#vault.get(effect.token)?.photograph.used?.();
        this.#vault.delete(effect.token);
        break;
      case 'become':
        void this.#become(effect);
        break;
      case 'end-becoming':
        void this.#endBecoming(effect.keep);
        break;
      case 'count':
        count(effect.visitors);
        break;
      case 'log':
        log('info', effect.message);
    }
  }

  async #take(epoch: number, client: string | null): Promise<void> {
    const { camera, portraits, log } = this.#ports;
    this.#taking?.abort();
    const taking = new AbortController();
    this.#taking = taking;
    const isRehearsal = this.#state.visit?.rehearsal;
    let photograph: Photograph | null = null;
    try {
      photograph = await camera.takeStill(client, taking.signal);
      const portrait = await portraits.prepare(photograph, taking.signal);
      const token = randomBytes(16).toString('base64url');
      this.#vault.set(token, { portrait, photograph });
      this.#dispatch({ type: 'portrait', epoch, token });
    } catch (error) {
      const code = portraitProblemOf((error as { code?: unknown }).code);
      const message = messageOf(error);
      if (this.#state.epoch === epoch) log('info', `No portrait: ${message}`);
      this.#dispatch({ type: 'no-portrait', epoch, code, message });
      // What a curator has put into the folder is not lost to a fault of ours.
      if (!isRehearsal || code !== 'failed') photograph?.used?.();
    }
  }

  async #observe(preview: Parameters<PortraitPort['observe']>[0]): Promise<void> {
    if (this.#isObserving || this.#state.name !== 'framing') return;
    const { epoch } = this.#state;
    this.#isObserving = true;
    try {
      const { hints, faceBox } = await this.#ports.portraits.observe(preview);
      this.#dispatch({ type: 'observed', epoch, hints, faceBox });
    } catch {
      // Hints are a help, not a condition: the portrait itself is judged when it is taken.
    } finally {
      this.#isObserving = false;
    }
  }

  async #become(order: Extract<Effect, { type: 'become' }>): Promise<void> {
    const { engine, clock, live, consentWords, log, fps } = this.#ports;
    const taken = this.#vault.get(order.portrait);
    const { epoch, visitor } = order;
    const current: InHand = { becoming: null, player: null };
    this.#becoming = current;
    if (!taken) return;
    this.#curve = [];
    this.#changed('cleared');
    this.#tell({ type: 'handover', visitor });
    try {
      const becoming = await engine.become({
        visitor,
        target: taken.portrait.target,
        photograph: taken.photograph,
        seconds: live().pace * engineShare,
        consent: {
          at: clock.date() - (clock.now() - order.consentAt),
          how: order.rehearsal ? 'rehearsal' : 'tablet',
          ...(order.rehearsal ? { language: null, text: '' } : consentWords(order.language, order.beside)),
        },
      });
      if (this.#becoming !== current) return await becoming.abandon();
      current.becoming = becoming;
      // The curator may have moved it meanwhile.
      becoming.retime(live().pace * engineShare);
      taken.photograph.used?.();
      this.#dispatch({ type: 'begun', epoch, face: becoming.face, receipt: becoming.receipt });
      current.player = new BecomingPlayer(becoming, {
        clock,
        fps,
        pace: () => live().pace,
        isFrozen: () => live().freeze,
        show: (step, seconds) => this.#showStep(step, visitor, seconds),
        progress: (progress, point) => {
          const isNew = progress.step !== this.#state.visit?.progress?.step;
          this.#dispatch({ type: 'progress', epoch, progress });
          if (point) this.#addPoint(point);
          if (isNew) this.#tell({ type: 'step', step: progress.step, likeness: progress.likeness ?? 0 });
        },
      });
      await current.player.play();
      if (this.#becoming === current) this.#dispatch({ type: 'became', epoch });
    } catch (error) {
      if (this.#becoming !== current) return;
      log('error', `The becoming of face ${visitor} broke off: ${messageOf(error)}`);
      // As above: dropped from here, its file stays.
      if (order.rehearsal && !current.becoming) this.#vault.delete(order.portrait);
      this.#dispatch({ type: 'broken', epoch });
    }
  }

  async #endBecoming(keep: boolean): Promise<void> {
    const current = this.#becoming;
    this.#becoming = null;
    if (!current) return;
    current.player?.stop(keep);
    if (!keep) this.#wall.clear();
    const { becoming } = current;
    if (!becoming) return;
    try {
      if (!keep) return await becoming.abandon();
      this.#wall.standAt(becoming.face);
      await becoming.finish();
      this.#wall.kept();
    } catch (error) {
      this.#ports.log('error', `The face could not be ${keep ? 'kept' : 'dropped'}: ${messageOf(error)}`);
    }
  }

  #showStep({ image, likeness }: BecomingStep, visitor: number, seconds: number): void {
    const blend = Math.round(Math.min(0xffff, seconds * 1_000));
    const capturedAt = this.#ports.clock.now();
    this.#ports.stream.show(image, { kind: 'face', state: this.#state.name, blend, visitor, likeness, capturedAt });
  }

  #addPoint(point: CurvePoint): void {
    this.#curve.push(point);
    this.#changed([point]);
  }

  #changed(curve: Change['curve']): void {
    for (const listener of this.#changes) listener({ curve });
  }

  #tell(moment: Moment): void {
    for (const listener of this.#moments) listener(moment);
  }
}
