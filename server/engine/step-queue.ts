/** Hands items from one who makes them to one who takes them in order, until it is ended or fails. */
export class StepQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #isEnded = false;
  #error: unknown;
  #wake: () => void = () => {};
  readonly #onTaken: (item: T) => void;

  /** @param onTaken told when an item is handed out */
  constructor(onTaken: (item: T) => void) {
    this.#onTaken = onTaken;
  }

  push(item: T): void {
    if (this.#isEnded) return;
    this.#items.push(item);
    this.#wake();
  }

  /** What was pushed is still handed out; then it ends, or throws the error. Only the first call counts. */
  end(error?: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#error = error;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        this.#onTaken(item);
        yield item;
      } else if (this.#isEnded) {
        if (this.#error !== undefined) throw this.#error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
