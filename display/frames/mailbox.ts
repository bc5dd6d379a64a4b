/**
 * Room for one item: the newest wins. Whoever waits never finds more than one thing to do, however late they come.
 */
export class Mailbox<T> {
  private item: T | null = null;

  get isEmpty(): boolean {
    return this.item === null;
  }

  /** Puts an item in; gives back the older one that it replaced, for the caller to release. */
  put(item: T): T | null {
    const replaced = this.item;
    this.item = item;
    return replaced;
  }

  /** Takes the item out, or null where there is none. */
  take(): T | null {
    const item = this.item;
    this.item = null;
    return item;
  }
}
