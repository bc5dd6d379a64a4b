import { constants, setPriority } from 'node:os';
import { setImmediate as breathe, setTimeout as wait } from 'node:timers/promises';
import { FamiliarError, messageOf } from '../errors.ts';
import type { EngineChoice } from '../runtime/create-runtime.ts';
import { BecomingJob } from './becoming-job.ts';
import { EvolutionFilm } from './evolution.ts';
import type { FromEngine, ToEngine } from './messages.ts';
import { Studio } from './studio.ts';

/** What the engine's process is started with, as its one argument in JSON. */
export interface WorkerOptions {
  readonly pack: string;
  readonly engine: EngineChoice;
  readonly threads?: number;
  /** 0 for none, up to 19: how far the process steps back behind the server's. */
  readonly niceness: number;
  /** What a step took in the process before this one, ms; null where there was none. */
  readonly stepMs: number | null;
}

type Render = Extract<ToEngine, { type: 'render' }>;
/** A film that was ordered, and how far it is. */
interface Film {
  readonly id: number;
  readonly video: string;
  readonly film: EvolutionFilm;
}

/** A film's frames leave the processor free for most of the time. */
const filmPause = 25;

/** The engine's process: one thing after the other, in the order of what people wait for. */
class Worker {
  readonly #studio: Studio;
  readonly #renders: Render[] = [];
  #films: Film[] = [];
  #next: BecomingJob | null = null;
  #running: BecomingJob | null = null;
  #wake: () => void = () => {};

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  take(message: ToEngine): void {
    switch (message.type) {
      case 'become':
        this.#running?.stop();
        this.#next = new BecomingJob(message);
        break;
      case 'retime':
        this.#job(message.id)?.retime(message.seconds);
        break;
      case 'stop':
        this.#job(message.id)?.stop();
        if (this.#next?.id === message.id) this.#next = null;
        this.#stopFilm(message.id);
        break;
      case 'taken':
        this.#job(message.id)?.taken();
        break;
      case 'render':
        this.#renders.push(message);
        this.#running?.wake();
        break;
      case 'film':
        this.#films.push({ ...message, film: new EvolutionFilm(this.#studio, message.journal, message.video) });
        break;
      case 'directions':
        this.#studio.setDirections(message.values);
        break;
      case 'ping':
        send({ type: 'pong' });
    }
    this.#wake();
  }

  async run(): Promise<never> {
    for (;;) {
      if (this.#next !== null) await this.#become(this.#next);
      else if (this.#renders.length > 0) await this.#drawAll();
      else if (this.#films.length > 0) await this.#film(this.#films[0]);
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  async #become(job: BecomingJob): Promise<void> {
    this.#running = job;
    this.#next = null;
    try {
      await job.run(this.#studio, send, () => this.#drawAll());
    } catch (error) {
      fail(job.id, error);
    }
    this.#running = null;
  }

  async #drawAll(): Promise<void> {
    for (let render = this.#renders.shift(); render !== undefined; render = this.#renders.shift()) {
      const { id, mix, isBent } = render;
      try {
        const vector = await this.#studio.mix(mix);
        const { data } = await (isBent ? this.#studio.drawBent(vector) : this.#studio.draw(vector));
        send({ type: 'rendered', id, image: data });
      } catch (error) {
        fail(id, error);
      }
    }
    // A run holds the thread: only here do messages come in.
    await breathe();
  }

  /** One frame: whatever else is to be drawn comes before the next. */
  async #film({ id, video, film }: Film): Promise<void> {
    try {
      if (await film.advance()) {
        send({ type: 'filmed', id, video });
        this.#films = this.#films.filter((other) => other.id !== id);
      }
    } catch (error) {
      // One that was stopped meanwhile has nobody to tell.
      if (this.#films.some((other) => other.id === id)) fail(id, error);
      this.#stopFilm(id);
    }
    await breathe();
    if (this.#next === null) await wait(filmPause);
  }

  #stopFilm(id: number): void {
    const stopped = this.#films.find((film) => film.id === id);
    this.#films = this.#films.filter((film) => film !== stopped);
    void stopped?.film.abort().catch(() => undefined);
  }

  #job(id: number): BecomingJob | null {
    return [this.#running, this.#next].find((job) => job?.id === id) ?? null;
  }
}

function send(message: FromEngine): void {
  if (process.connected) process.send?.(message);
}

function fail(id: number, error: unknown): void {
  const code = error instanceof FamiliarError ? error.code : 'ENGINE_FAILED';
  send({ type: 'failed', id, code, message: messageOf(error) });
}

// The server is gone: nobody could see what is drawn.
process.on('disconnect', () => process.exit(0));

const { pack, engine, threads, niceness, stepMs } = JSON.parse(process.argv[2]) as WorkerOptions;
try {
  // Before any thread is made, since threads inherit it.
  if (niceness > 0) setPriority(0, Math.min(niceness, constants.priority.PRIORITY_LOW));
} catch {
  // Some containers forbid it; everything works without.
}
const early: ToEngine[] = [];
let takes = (message: ToEngine): void => {
  if (message.type === 'ping') send({ type: 'pong' });
  else early.push(message);
};
process.on('message', (message: ToEngine) => takes(message));
try {
  const studio = await Studio.open(pack, engine, threads, stepMs);
  const worker = new Worker(studio);
  send(studio.ready);
  for (const message of early) worker.take(message);
  takes = (message) => worker.take(message);
  await worker.run();
} catch (error) {
  const code = error instanceof FamiliarError ? error.code : 'ENGINE_FAILED';
  process.send?.({ type: 'unable', code, message: messageOf(error) } satisfies FromEngine, () => process.exit(1));
}
