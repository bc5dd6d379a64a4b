import { type Graph, topologicalOrder } from './graph.ts';
import type { OpName, Value } from './value.ts';

/**
 * What to put in the place of an operation: a value of the same shape and meaning, made of `inputs`, which are the
 * operands after their own rewriting; undefined keeps the operation as it is.
 */
export type RewriteRules = {
  readonly [K in OpName]?: (value: Value<K>, inputs: readonly Value[]) => Value | undefined;
};

/**
 * A graph of the same inputs, outputs and meaning in which rules have replaced operations that an engine lacks or gets
 * wrong by others. Rules are not applied to what they return. Values that nothing changes stay the same objects, so
 * that constants stay shared.
 */
export function rewriteGraph(graph: Graph, rules: RewriteRules): Graph {
  const rewritten = new Map<Value, Value>();
  const now = (value: Value): Value => rewritten.get(value) as Value;
  for (const value of topologicalOrder(Object.values(graph.outputs))) {
    const inputs = value.inputs.map(now);
    const rule = rules[value.op] as RewriteRules[OpName & 'Add'];
    const replacement = rule?.(value as Value<'Add'>, inputs);
    rewritten.set(value, replacement ?? withInputs(value, inputs));
  }
  return { outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, value]) => [name, now(value)])) };
}

const withInputs = (value: Value, inputs: readonly Value[]): Value =>
  inputs.every((x, i) => x === value.inputs[i]) ? value : ({ ...value, inputs } as Value);
