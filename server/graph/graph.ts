import { GraphError, type Value } from './value.ts';

/** What a runtime compiles: named outputs and everything they are computed from. */
export interface Graph {
  readonly outputs: Readonly<Record<string, Value>>;
}

/** The values that `roots` depend on, each after its operands. */
export function topologicalOrder(roots: readonly Value[]): Value[] {
  const order: Value[] = [];
  const state = new Map<Value, 'open' | 'done'>();
  // An explicit stack: unrolled networks are deeper than the call stack likes.
  const stack: Value[] = [...roots].reverse();
  while (stack.length > 0) {
    const value = stack[stack.length - 1];
    const seen = state.get(value);
    if (seen === 'done') {
      stack.pop();
    } else if (seen === 'open') {
      state.set(value, 'done');
      order.push(value);
      stack.pop();
    } else {
      state.set(value, 'open');
      for (let i = value.inputs.length - 1; i >= 0; i--) {
        if (!state.has(value.inputs[i])) stack.push(value.inputs[i]);
      }
    }
  }
  return order;
}

/**
 * The graph's inputs by name, in the order of their first use. Throws GraphError where two inputs, or an input and an
 * output, share a name.
 */
export function graphInputs(graph: Graph): Map<string, Value<'Input'>> {
  const inputs = new Map<string, Value<'Input'>>();
  for (const value of topologicalOrder(Object.values(graph.outputs))) {
    if (value.op !== 'Input') continue;
    const { name } = value.attributes;
    if (inputs.has(name)) throw new GraphError(`two inputs are named '${name}'`);
    if (Object.hasOwn(graph.outputs, name)) throw new GraphError(`an input and an output are named '${name}'`);
    inputs.set(name, value);
  }
  return inputs;
}
