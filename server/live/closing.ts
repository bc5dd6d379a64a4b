import { messageOf } from '../errors.ts';

/** Puts away what was opened, the last first, each at most once; one that fails or hangs does not keep the others. */
export class Closing {
  readonly #patience: number;
  readonly #steps: { readonly what: string; readonly step: () => Promise<unknown> }[] = [];
  #running: Promise<void> | null = null;

  /** @param patience seconds for each */
  constructor(patience: number) {
    this.#patience = patience;
  }

  add(what: string, step: () => Promise<unknown>): void {
    this.#steps.push({ what, step });
  }

  run(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    for (const { what, step } of this.#steps.reverse()) {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error('it does not answer')), this.#patience * 1_000);
      });
      try {
        await Promise.race([step(), patience]);
      } catch (error) {
        process.stderr.write(`While stopping ${what}: ${messageOf(error)}\n`);
      } finally {
        clearTimeout(timer);
      }
    }
  }
}
