import type { Chain } from '../chain/chain.ts';
import { latentLength, type PackFacts } from '../chain/face-record.ts';
import { FamiliarError, messageOf } from '../errors.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import {
  type Becoming,
  type BecomingOrder,
  type EnginePort,
  type FaceMix,
  type FaceSource,
  type Off,
  systemClock,
} from '../installation/ports.ts';
import type { EngineHealth } from '../protocol/snapshot.ts';
import { Backlog } from './backlog.ts';
import { EngineProcess, type EngineProcessOptions, type EngineStatus } from './engine-process.ts';
import { engineAway, engineBusy, engineClosed, wrongTarget } from './errors.ts';
import { LiveBecoming } from './live-becoming.ts';
import type { FromEngine, MixPart, StepMessage, ToEngine } from './messages.ts';

export interface EngineOptions extends EngineProcessOptions {
  /** What the first visitor after a start grows out of. */
  readonly resume: 'last' | 'average';
}

/** Latents of the chain that are remembered: a walk between two faces asks for both at every picture. */
const latentsKept = 64;

interface Waiting {
  readonly resolve: (image: RgbImage) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the engine in its own process and returns at once; `health` tells when it is ready. */
export function createEngine(options: EngineOptions, chain: Chain): Engine {
  const engine = new Engine(options, chain);
  engine.start();
  return engine;
}

/** The engine with the chain behind it. Made by `createEngine`. */
export class Engine implements EnginePort {
  readonly #options: EngineOptions;
  readonly #chain: Chain;
  readonly #process: EngineProcess;
  readonly #backlog: Backlog;
  readonly #listeners = new Set<(health: EngineHealth) => void>();
  readonly #renders = new Map<number, Waiting>();
  readonly #latents = new Map<string, Float32Array>();
  readonly #offs: readonly Off[];
  #health: EngineHealth;
  #becoming: LiveBecoming | null = null;
  #directions: Readonly<Record<string, number>> = {};
  #nextId = 1;
  /** The face that became last in this run, for the next to grow out of also where the disk would not take it. */
  #last: { readonly id: string; readonly ws: Float32Array } | null = null;
  /** Faces whose latent could not be read: the next start tries again. */
  readonly #unreadable = new Set<string>();
  #packSha256 = '';
  /** What the disk refuses of the becoming in hand. The engine works all the same. */
  #trouble: string | null = null;
  #stepMs: number | null = null;
  #stepAt: number | null = null;
  #steps = 0;
  #readyFor: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  /** The newest order: an older one that waits still is nobody's any more. */
  #order: BecomingOrder | null = null;

  constructor(options: EngineOptions, chain: Chain) {
    this.#options = options;
    this.#chain = chain;
    this.#process = new EngineProcess(
      options,
      (message) => this.#hear(message),
      (status) => this.#changed(status),
    );
    this.#backlog = new Backlog({
      chain,
      pack: () => this.#process.ready?.pack ?? null,
      isBecoming: () => this.#becoming !== null,
      newId: () => this.#nextId++,
      send: (message) => this.#send(message),
      drawFace: (id) => this.#draw([{ source: { kind: 'face', id }, share: 1 }], false),
    });
    this.#health = this.#healthNow(null);
    this.#offs = [chain.onForgetting((id) => this.#forgetting(id)), chain.onChange(() => this.#chainChanged())];
  }

  start(): void {
    this.#process.start();
  }

  get health(): EngineHealth {
    return this.#health;
  }

  /** Names of the directions in which the pack can bend faces; empty until it is loaded. */
  get directions(): readonly string[] {
    return this.#process.ready?.directions ?? [];
  }

  get startFace(): string | null {
    const pack = this.#process.ready?.pack;
    return pack === undefined ? null : (this.#start(pack)?.id ?? null);
  }

  /** Process number of the engine, null between two. */
  get pid(): number | null {
    return this.#process.pid;
  }

  /** Steps of becomings that the engine has made since the start. */
  get steps(): number {
    return this.#steps;
  }

  onHealth(listener: (health: EngineHealth) => void): Off {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async become(order: BecomingOrder): Promise<Becoming> {
    if (this.#becoming !== null) throw engineBusy();
    this.#order = order;
    if (this.#process.ready === null) await this.whenReady();
    if (this.#becoming !== null || this.#order !== order) throw engineBusy();
    const pack = this.#pack();
    const { width, height } = order.target;
    if (width !== pack.resolution || height !== pack.resolution) throw wrongTarget(width, height, pack.resolution);
    const start = this.#start(pack);
    // Nothing but the chain may hold the photograph from here on.
    this.#order = null;
    const { record, receipt } = await this.#chain.begin(order, pack, start?.id ?? null);
    if (this.#becoming !== null) {
      await this.#chain.abandon(record);
      throw engineBusy();
    }
    const becoming = new LiveBecoming({
      id: this.#nextId++,
      chain: this.#chain,
      record,
      receipt,
      target: order.target,
      start: start?.ws ?? null,
      seconds: order.seconds,
      send: (message) => this.#send(message),
      draw: (ws) => this.#drawParts([{ share: 1, source: { kind: 'latent', ws } }], true),
      onTrouble: (trouble) => {
        this.#trouble = trouble;
        if (trouble !== null) this.#chain.report(trouble);
        this.#tell();
      },
      onOver: (kept) => this.#over(becoming, kept),
    });
    this.#becoming = becoming;
    this.#stepAt = null;
    becoming.order();
    return becoming;
  }

  render(mix: FaceMix): Promise<RgbImage> {
    return this.#draw(mix, true);
  }

  async #draw(mix: FaceMix, isBent: boolean): Promise<RgbImage> {
    const pack = this.#pack();
    const parts = mix.map(({ source, share }): MixPart => ({ share, source: this.#sourceOf(source, pack) }));
    return this.#drawParts(parts, isBent);
  }

  #drawParts(parts: readonly MixPart[], isBent: boolean): Promise<RgbImage> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#renders.set(id, { resolve, reject });
      if (!this.#send({ type: 'render', id, mix: parts, isBent })) {
        this.#renders.delete(id);
        reject(engineAway());
      }
    });
  }

  setDirections(values: Readonly<Record<string, number>>): void {
    this.#directions = { ...values };
    this.#send({ type: 'directions', values: this.#directions });
  }

  async close(): Promise<void> {
    this.#backlog.close();
    for (const off of this.#offs) off();
    this.#becoming?.suspend();
    await this.#process.close();
  }

  /** Resolves when the engine is ready, at once where it is; rejects where it is closed before that. */
  async whenReady(): Promise<void> {
    const { state } = this.#process.status;
    if (state === 'ready') return;
    if (state === 'closed') throw engineClosed();
    await new Promise<void>((resolve, reject) => this.#readyFor.push({ resolve, reject }));
  }

  #send(message: ToEngine): boolean {
    return this.#process.send(message);
  }

  #pack(): PackFacts {
    if (this.#process.status.state === 'closed') throw engineClosed();
    const pack = this.#process.ready?.pack;
    if (pack === undefined) throw engineAway();
    return pack;
  }

  /** The face the next visitor grows out of; null for the pack's own start. */
  #start(pack: PackFacts): { readonly id: string; readonly ws: Float32Array } | null {
    if (this.#last?.ws.length === latentLength(pack)) return this.#last;
    if (this.#options.resume === 'average') return null;
    for (;;) {
      const id = this.#chain.newestOf(pack, this.#unreadable);
      if (id === null) return null;
      try {
        return { id, ws: this.#latent(id, pack) };
      } catch (error) {
        // A damaged file costs a face of the chain, not the visit.
        this.#unreadable.add(id);
        this.#chain.report(`${messageOf(error)} Nobody grows out of this face.`);
      }
    }
  }

  #sourceOf(source: FaceSource, pack: PackFacts): MixPart['source'] {
    if (source.kind === 'nobody') return source;
    if (source.kind === 'face') return { kind: 'latent', ws: this.#latent(source.id, pack) };
    const start = this.#start(pack);
    return start === null ? { kind: 'start' } : { kind: 'latent', ws: start.ws };
  }

  #latent(id: string, pack: PackFacts): Float32Array {
    const known = this.#latents.get(id);
    if (known !== undefined) return known;
    const ws = this.#chain.latent(id, pack);
    if (this.#latents.size >= latentsKept) this.#latents.delete(this.#latents.keys().next().value as string);
    this.#latents.set(id, ws);
    return ws;
  }

  #hear(message: FromEngine): void {
    switch (message.type) {
      case 'ready':
        this.#isReady(message.pack);
        break;
      case 'step':
        this.#measure(message);
        if (message.id === this.#becoming?.id) this.#becoming.take(message);
        break;
      case 'rendered':
        this.#rendered(message.id, message.image);
        break;
      case 'failed':
        this.#failed(message.id, new FamiliarError(message.code, message.message));
    }
    this.#backlog.hear(message);
  }

  #isReady(pack: PackFacts): void {
    if (pack.sha256 !== this.#packSha256) {
      // Latents of another network would be drawn as monsters.
      this.#latents.clear();
      this.#last = null;
      this.#packSha256 = pack.sha256;
    }
    this.#send({ type: 'directions', values: this.#directions });
    this.#becoming?.order();
    for (const { resolve } of this.#readyFor.splice(0)) resolve();
    this.#backlog.begin();
  }

  #changed(status: EngineStatus): void {
    if (status.state === 'away' || status.state === 'closed') {
      for (const { reject } of this.#renders.values()) reject(engineAway());
      this.#renders.clear();
      this.#backlog.lost();
      this.#stepAt = null;
      this.#becoming?.lost(status.message);
    }
    if (status.state === 'closed') for (const { reject } of this.#readyFor.splice(0)) reject(engineClosed());
    this.#tell();
  }

  #rendered(id: number, data: Uint8Array): void {
    const waiting = this.#renders.get(id);
    this.#renders.delete(id);
    const side = this.#process.ready?.pack.resolution ?? 0;
    waiting?.resolve({ width: side, height: side, data });
  }

  #failed(id: number, error: FamiliarError): void {
    const waiting = this.#renders.get(id);
    this.#renders.delete(id);
    waiting?.reject(error);
    if (id === this.#becoming?.id) this.#becoming.refused(error.message);
  }

  #over(becoming: LiveBecoming, kept: { readonly id: string; readonly ws: Float32Array } | null): void {
    if (kept !== null) this.#last = kept;
    if (this.#becoming === becoming) this.#becoming = null;
    this.#stepAt = null;
    this.#trouble = null;
    this.#tell();
    this.#backlog.later();
  }

  /** A face may have been saved that waited for room on the disk, or none can be begun, or one can again. */
  #chainChanged(): void {
    this.#tell();
    this.#backlog.later();
  }

  async #forgetting(id: string): Promise<void> {
    // First: it may just be kept, and then it is the last.
    if (this.#becoming?.face === id) await this.#becoming.forgotten().catch(() => undefined);
    if (this.#becoming?.from === id) this.#becoming.startForgotten();
    this.#latents.delete(id);
    if (this.#last?.id === id) this.#last = null;
    this.#backlog.forget(id);
  }

  #measure(message: StepMessage): void {
    const now = performance.now();
    this.#steps += 1;
    if (this.#stepAt !== null) {
      const ms = now - this.#stepAt;
      this.#stepMs = this.#stepMs === null ? ms : this.#stepMs + 0.1 * (ms - this.#stepMs);
      this.#process.expect(this.#stepMs);
    }
    this.#stepAt = now;
    if (message.step % 20 === 0) this.#tell();
  }

  #tell(): void {
    this.#health = this.#healthNow(this.#health);
    for (const listener of this.#listeners) listener(this.#health);
  }

  #healthNow(before: EngineHealth | null): EngineHealth {
    const { ready, status, restarts } = this.#process;
    const { refusal, trouble } = this.#chain;
    // Whoever is invited now would be photographed for nothing.
    const ofReady = refusal === null ? 'good' : 'trouble';
    const level = status.state === 'starting' ? 'starting' : status.state === 'ready' ? ofReady : 'trouble';
    const message = status.message || (refusal ?? this.#trouble ?? trouble ?? '');
    const isSame = before?.level === level && before.message === message;
    return {
      level,
      name: ready?.engine ?? this.#options.engine,
      message,
      since: isSame ? before.since : systemClock.now(),
      pack: ready?.pack.name ?? '',
      resolution: ready?.pack.resolution ?? 0,
      stepsPerSecond: this.#stepMs === null ? null : 1000 / this.#stepMs,
      restarts,
    };
  }
}
