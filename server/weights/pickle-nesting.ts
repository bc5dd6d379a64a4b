import { beyondLimit, damaged } from './errors.ts';
import { Inert, type PickleValue } from './pickle-values.ts';

type Holder = Extract<PickleValue, object>;

/**
 * Makes sure that walkers end: throws where a value contains itself, or containers are nested deeper than `limit`. Takes
 * time linear in the size of the data, and no stack.
 */
export function checkNesting(root: PickleValue, limit: number, file: string): void {
  /** Longest way down from each finished value; -1 while it is being looked at. */
  const heights = new Map<Holder, number>();
  const open: { value: Holder; rest: Iterator<PickleValue>; height: number }[] = [];
  const enter = (value: PickleValue): number => {
    if (typeof value !== 'object' || value === null) return 0;
    const known = heights.get(value);
    if (known === -1) throw damaged(file, 'its data contains itself');
    if (known !== undefined) return known;
    heights.set(value, -1);
    open.push({ value, rest: parts(value), height: 0 });
    return 0;
  };
  enter(root);
  while (open.length > 0) {
    const frame = open.at(-1)!;
    const next = frame.rest.next();
    if (next.done) {
      open.pop();
      heights.set(frame.value, frame.height);
      const outer = open.at(-1);
      if (outer) outer.height = Math.max(outer.height, frame.height + 1);
    } else {
      frame.height = Math.max(frame.height, enter(next.value) + 1);
    }
    if (frame.height > limit || open.length > limit) {
      throw beyondLimit(file, `its data is nested more than ${limit} deep`);
    }
  }
}

function* parts(value: Holder): Generator<PickleValue> {
  if (value instanceof Inert) yield* value.children();
  else if (value instanceof Map) for (const entry of value) yield* entry;
  else yield* value as Iterable<PickleValue>;
}
