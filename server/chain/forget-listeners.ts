import type { Off } from '../installation/ports.ts';

type Listener = (id: string) => unknown;

/** Those who use a face's files and let go of them before it is deleted. */
export class ForgetListeners {
  readonly #listeners = new Set<Listener>();

  on(listener: Listener): Off {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves once all have let go; never rejects. */
  async tell(id: string): Promise<void> {
    await Promise.allSettled([...this.#listeners].map(async (listener) => listener(id)));
  }
}
