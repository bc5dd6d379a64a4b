import { GraphError, sizeOf, type Value } from '../graph/value.ts';
import type { Feeds } from './runtime.ts';

/** Throws GraphError, naming the input, unless feeds hold every input of a graph with the right number of elements. */
export function checkFeeds(inputs: ReadonlyMap<string, Value>, feeds: Feeds): void {
  for (const [name, { shape }] of inputs) {
    const data = feeds[name];
    if (data === undefined) throw new GraphError(`input '${name}' is not fed`);
    if (data.length !== sizeOf(shape)) {
      throw new GraphError(`input '${name}' of shape [${shape}] cannot hold ${data.length} numbers`);
    }
  }
  for (const name of Object.keys(feeds)) {
    if (!inputs.has(name)) throw new GraphError(`the graph has no input '${name}'`);
  }
}
