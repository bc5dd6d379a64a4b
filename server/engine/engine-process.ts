import type { ChildProcess } from 'node:child_process';
import type { EngineChoice } from '../runtime/create-runtime.ts';
import { forkModule } from '../runtime/fork-module.ts';
import type { FromEngine, ReadyMessage, ToEngine } from './messages.ts';
import { restartPause, silenceLimit, steadyAfter } from './patience.ts';
import type { WorkerOptions } from './worker.ts';

export interface EngineProcessOptions {
  /** Folder of the face pack. */
  readonly pack: string;
  readonly engine: EngineChoice;
  /** Threads of the CPU engine; one a core where not given. */
  readonly threads?: number;
  /** How far the engine steps back behind the server for the processor, 0..19. */
  readonly niceness: number;
  /** Longest silence before it counts as hung, ms. */
  readonly patience: number;
  /** Longest start, ms: drivers compile, disks are cold. */
  readonly startPatience: number;
}

export type EngineStatus =
  | { readonly state: 'starting'; readonly message: string }
  | { readonly state: 'ready'; readonly message: string }
  /** It will be started again by itself. */
  | { readonly state: 'away'; readonly message: string }
  | { readonly state: 'closed'; readonly message: string };

const pingEvery = 500;
/** Failed starts after each of which the next one may take twice as long. */
const mostDoublings = 3;
const mostComplaint = 4_000;

/**
 * The engine's process, watched over: one that crashes, cannot start or falls silent is ended and started again, after
 * pauses that grow. Starts with `start`; listeners are called in order.
 */
export class EngineProcess {
  readonly #options: EngineProcessOptions;
  #child: ChildProcess | null = null;
  #status: EngineStatus = { state: 'starting', message: 'The engine is starting.' };
  #ready: ReadyMessage | null = null;
  #restarts = 0;
  #failures = 0;
  #heardAt = 0;
  #lookedAt = 0;
  #readyAt = 0;
  #stepMs = 0;
  #watch: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;
  #complaint = '';
  #reason: string | null = null;
  readonly #onMessage: (message: FromEngine) => void;
  readonly #onStatus: (status: EngineStatus) => void;

  constructor(
    options: EngineProcessOptions,
    onMessage: (message: FromEngine) => void,
    onStatus: (status: EngineStatus) => void,
  ) {
    this.#options = options;
    this.#onMessage = onMessage;
    this.#onStatus = onStatus;
  }

  get status(): EngineStatus {
    return this.#status;
  }

  /** What the engine said of itself when it was last ready; null before that. */
  get ready(): ReadyMessage | null {
    return this.#ready;
  }

  /** Times it had to be started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Of the process that is running now; null between two. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  start(): void {
    if (this.#status.state === 'closed' || this.#child !== null) return;
    const { pack, threads, niceness } = this.#options;
    // Trying engines out and warming up takes seconds, so a restart relies on what was found; where that fails again,
    // it is all done anew.
    const before = this.#failures <= 1 ? this.#ready : null;
    const engine = (before && chosenBefore(before)) ?? this.#options.engine;
    const options: WorkerOptions = { pack, engine, threads, niceness, stepMs: before?.stepMs ?? null };
    const child = forkModule('./worker', import.meta.url, {
      args: [JSON.stringify(options)],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    this.#complaint = '';
    this.#reason = null;
    this.#heardAt = performance.now();
    this.#lookedAt = this.#heardAt;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-mostComplaint);
    });
    child.on('message', (message: FromEngine) => {
      if (this.#child === child) this.#hear(message);
    });
    child.on('error', (error) => {
      this.#reason ??= error.message;
      if (child.pid === undefined) this.#gone(child, null, null);
    });
    child.on('exit', (code, signal) => this.#gone(child, code, signal));
    this.#watch = setInterval(() => this.#look(child), pingEvery);
  }

  /** False where there is nobody to send it to. */
  send(message: ToEngine): boolean {
    const child = this.#child;
    if (child === null || !child.connected || this.#status.state !== 'ready') return false;
    child.send(message, () => undefined);
    return true;
  }

  /** Tells how long a step takes at present, ms, so that a hang is told from slow work. */
  expect(stepMs: number): void {
    this.#stepMs = stepMs;
  }

  /** Ends this process, in the belief that the next one does better. */
  restart(reason: string): void {
    this.#reason ??= reason;
    this.#child?.kill('SIGKILL');
  }

  async close(): Promise<void> {
    const child = this.#child;
    clearTimeout(this.#pause);
    this.#become({ state: 'closed', message: 'The engine has been closed.' });
    if (child === null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  #hear(message: FromEngine): void {
    this.#heardAt = performance.now();
    if (message.type === 'ready') {
      this.#ready = message;
      this.#stepMs = message.stepMs;
      this.#readyAt = this.#heardAt;
      this.#become({ state: 'ready', message: '' });
    } else if (message.type === 'unable') {
      this.#reason = message.message;
    }
    this.#onMessage(message);
  }

  #look(child: ChildProcess): void {
    const now = performance.now();
    // Where this process itself was held up, it could not have heard anything.
    if (now - this.#lookedAt > 3 * pingEvery) this.#heardAt = now;
    this.#lookedAt = now;
    const isReady = this.#status.state === 'ready';
    const { patience, startPatience } = this.#options;
    // A busy computer starts slowly: killed again and again at the same limit, the engine would never be ready.
    const startLimit = startPatience * 2 ** Math.min(this.#failures, mostDoublings);
    const limit = isReady ? silenceLimit(this.#stepMs, patience) : startLimit;
    if (now - this.#heardAt > limit) {
      this.restart(`it gave no sign of life for ${Math.round(limit / 1000)} s`);
      return;
    }
    if (isReady && now - this.#readyAt > steadyAfter) this.#failures = 0;
    if (isReady && child.connected) child.send({ type: 'ping' } satisfies ToEngine, () => undefined);
  }

  #gone(child: ChildProcess, code: number | null, signal: string | null): void {
    if (this.#child !== child) return;
    this.#child = null;
    clearInterval(this.#watch);
    if (this.#status.state === 'closed') return;
    const reason = this.#reason ?? `it crashed (${signal ?? `exit code ${code}`})${lastLine(this.#complaint)}`;
    const pause = restartPause(this.#failures++);
    this.#become({
      state: 'away',
      message: `The engine has stopped: ${reason.replace(/[.\s]+$/, '')}. It is being started again.`,
    });
    this.#pause = setTimeout(() => {
      this.#restarts++;
      this.start();
    }, pause);
  }

  #become(status: EngineStatus): void {
    this.#status = status;
    this.#onStatus(status);
  }
}

/** 'onnxruntime cpu' -> 'cpu'. */
function chosenBefore({ engine }: ReadyMessage): EngineChoice | null {
  const [, provider] = /^onnxruntime (cpu|webgpu|cuda|coreml|directml)$/.exec(engine) ?? [];
  return (provider as EngineChoice | undefined) ?? null;
}

function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length === 0 ? '' : `: ${lines[lines.length - 1].trim().slice(0, 200)}`;
}
