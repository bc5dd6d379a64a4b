/** Which face has which tile of the atlas. Faces keep their tile for as long as they are wanted. */
export class TileMap {
  private readonly slots = new Map<string, number>();
  private readonly free: number[] = [];
  private readonly wanted = new Set<string>();
  readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
    for (let slot = capacity - 1; slot >= 0; slot--) this.free.push(slot);
  }

  /** Faces that have their tile. */
  get taken(): number {
    return this.slots.size;
  }

  /** Sets which faces are wanted, most wanted first. Tiles of all others are free again at once. */
  want(ids: readonly string[]): void {
    this.wanted.clear();
    for (const id of ids.slice(0, this.capacity)) this.wanted.add(id);
    for (const [id, slot] of this.slots) {
      if (this.wanted.has(id)) continue;
      this.slots.delete(id);
      this.free.push(slot);
    }
  }

  /** Gives a wanted face its tile, to be filled now. Null where it is not wanted (any more). */
  take(id: string): number | null {
    if (!this.wanted.has(id)) return null;
    const existing = this.slots.get(id);
    if (existing !== undefined) return existing;
    const slot = this.free.pop()!;
    this.slots.set(id, slot);
    return slot;
  }

  /** The tile of a face, -1 where it has none yet. */
  slotOf(id: string): number {
    return this.slots.get(id) ?? -1;
  }
}
