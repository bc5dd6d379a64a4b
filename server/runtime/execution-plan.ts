import { type Graph, topologicalOrder } from '../graph/graph.ts';
import type { Value } from '../graph/value.ts';

/** One value to compute, and the values that nothing needs any more once it is there. */
export interface Step {
  readonly value: Value;
  readonly release: readonly Value[];
}

/** How to interpret a graph: what depends on no input is computed once, the rest at every run. */
export interface ExecutionPlan {
  /** In order; what these steps do not release stays for the runs. */
  readonly once: readonly Step[];
  /** In order; these release only each other's values, all but the outputs. */
  readonly everyRun: readonly Step[];
}

export function planExecution(graph: Graph): ExecutionPlan {
  const outputs = new Set(Object.values(graph.outputs));
  const order = topologicalOrder([...outputs]);
  const isFixed = new Set<Value>();
  for (const value of order) {
    if (value.op !== 'Input' && value.inputs.every((x) => isFixed.has(x))) isFixed.add(value);
  }
  const once = order.filter((value) => isFixed.has(value));
  const everyRun = order.filter((value) => !isFixed.has(value));
  const neededByRuns = new Set([...outputs, ...everyRun.flatMap((value) => value.inputs)]);
  return {
    once: withReleases(once, (value) => !neededByRuns.has(value)),
    everyRun: withReleases(everyRun, (value) => !isFixed.has(value) && !outputs.has(value)),
  };
}

/** Releases each value that may go right after the step that uses it last. */
function withReleases(order: readonly Value[], mayGo: (value: Value) => boolean): Step[] {
  const lastUse = new Map<Value, Value>();
  for (const value of order) for (const x of value.inputs) lastUse.set(x, value);
  const release = new Map<Value, Value[]>(order.map((value) => [value, []]));
  for (const [x, value] of lastUse) if (mayGo(x)) release.get(value)?.push(x);
  return order.map((value) => ({ value, release: release.get(value) as Value[] }));
}
