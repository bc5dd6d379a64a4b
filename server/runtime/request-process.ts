import type { ChildProcess } from 'node:child_process';
import type { FromAnswerer, ToAnswerer } from './answer-requests.ts';

export interface RequestProcessOptions {
  /** Starts the process, whose module calls `answerRequests`. */
  readonly fork: () => ChildProcess;
  /** Longest time for an answer, ms, once the process is ready. */
  readonly patience: number;
  /** Longest time until it is ready, ms. */
  readonly startPatience: number;
  /** How many processes try a request before it is given up: 2 where it is hardly ever the request's fault. */
  readonly attempts: number;
  /** Says whether a ready process that is idle is asked for a sign of life, so that a hang is found before a request. */
  readonly pingsWhenIdle?: boolean;
  /** Exit codes of a process that gives up because of the request: this is no trouble. */
  readonly giveUpCodes?: readonly number[];
  /** Called with the reason when a process hangs or dies, and with null when the next one has answered. */
  readonly onTrouble?: (reason: string | null) => void;
}

/** Rejects a request whose process ended before it answered. */
export class ProcessStopped extends Error {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;

  constructor(reason: string, exitCode: number | null) {
    super(reason);
    this.exitCode = exitCode;
  }
}

/** Rejects a request that the process answered with an error. */
export class RequestFailed extends Error {
  /** The FamiliarError's code; empty for any other error. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  attemptsLeft: number;
}

const pingIntervalMs = 2_500;
/** A timer later than this means that this process was held up: the answer may lie unread in its queue. */
const lateMs = 1_000;

/**
 * A child process that answers one request after the other. It starts with the first request. One that hangs is killed;
 * one that ends is started again, at once where it had been ready, and the request in hand is tried again.
 */
export class RequestProcess<Request, Answer> {
  readonly #options: RequestProcessOptions;
  readonly #queue: Waiting<Request, Answer>[] = [];
  #child: ChildProcess | null = null;
  #isReady = false;
  #isAsked = false;
  #hasTrouble = false;
  #isClosed = false;
  /** Why the child is being killed; null where it is not. */
  #killedFor: string | null = null;
  #watch: NodeJS.Timeout | undefined;
  #ping: NodeJS.Timeout | undefined;

  constructor(options: RequestProcessOptions) {
    this.#options = options;
  }

  /** Process id while there is a process. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Rejects with RequestFailed or ProcessStopped. */
  ask(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(new ProcessStopped('it is closed', null));
        return;
      }
      this.#queue.push({ request, resolve, reject, attemptsLeft: this.#options.attempts });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const child = this.#child;
    if (child === null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // SIGTERM would not end a process that was stopped.
    child.kill('SIGKILL');
    await ended;
  }

  #next(): void {
    if (this.#child === null) this.#start();
    else if (this.#isReady && !this.#isAsked && this.#queue.length > 0) this.#send({ request: this.#queue[0].request });
  }

  #start(): void {
    const child = this.#options.fork();
    this.#child = child;
    this.#killedFor = null;
    this.#isReady = false;
    this.#isAsked = false;
    this.#expect(this.#options.startPatience);
    child.on('message', (message: FromAnswerer<Answer>) => {
      if (this.#child === child) this.#hear(message);
    });
    child.on('error', (error) => {
      this.#killedFor ??= error.message;
      if (child.pid === undefined) this.#ended(child, null, null);
    });
    child.on('exit', (code, signal) => this.#ended(child, code, signal));
  }

  #send(message: ToAnswerer<Request>): void {
    this.#isAsked = true;
    clearTimeout(this.#ping);
    this.#expect(this.#options.patience);
    // Where this fails the process is ending, and its exit says so.
    this.#child?.send(message, () => undefined);
  }

  #hear(message: FromAnswerer<Answer>): void {
    clearTimeout(this.#watch);
    if (message.type === 'ready') this.#isReady = true;
    else this.#isAsked = false;
    if (message.type !== 'ready' && this.#hasTrouble) {
      this.#hasTrouble = false;
      this.#options.onTrouble?.(null);
    }
    if (message.type === 'answer') this.#queue.shift()?.resolve(message.answer);
    if (message.type === 'failed') this.#queue.shift()?.reject(new RequestFailed(message.code, message.message));
    this.#next();
    if (this.#isAsked || !this.#options.pingsWhenIdle) return;
    // After trouble the first answer is wanted soon: it says that all is well again.
    this.#ping = setTimeout(() => this.#send({ ping: true }), this.#hasTrouble ? 0 : pingIntervalMs);
    this.#ping.unref();
  }

  /** Kills the process unless it says something within so many ms. */
  #expect(patience: number): void {
    clearTimeout(this.#watch);
    const dueAt = performance.now() + patience;
    this.#watch = setTimeout(() => {
      if (performance.now() - dueAt > lateMs) {
        this.#expect(patience);
        return;
      }
      this.#killedFor = `it did not answer for ${Math.round(patience / 1000)} s`;
      this.#child?.kill('SIGKILL');
    }, patience);
    this.#watch.unref();
  }

  #ended(child: ChildProcess, code: number | null, signal: string | null): void {
    if (this.#child !== child) return;
    clearTimeout(this.#watch);
    clearTimeout(this.#ping);
    this.#child = null;
    const wasReady = this.#isReady;
    const reason = this.#isClosed ? 'it is closed' : (this.#killedFor ?? `its process ended (${signal ?? code})`);
    const stopped = new ProcessStopped(reason, this.#killedFor === null ? code : null);
    if (this.#isClosed) {
      for (const { reject } of this.#queue.splice(0)) reject(stopped);
      return;
    }
    if (stopped.exitCode === null || !this.#options.giveUpCodes?.includes(stopped.exitCode)) {
      this.#hasTrouble = true;
      this.#options.onTrouble?.(reason);
    }
    const [first] = this.#queue;
    if (first !== undefined && --first.attemptsLeft <= 0) this.#queue.shift()?.reject(stopped);
    if (wasReady || this.#queue.length > 0) this.#start();
  }
}
